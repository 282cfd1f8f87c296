# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page in a real browser: three widths, light and dark, by keyboard, without script."""

import struct
from pathlib import Path

import pytest

from models import PlanDocument
from planner.plan import explain_document
from planner.report import report_page
from tests.report.browser import HEIGHT, PROGRAMS, Browser, program
from tests.report.documents import MISCHIEF, large, renamed, runs, small

pytestmark = pytest.mark.browser

WIDTHS = (360, 900, 1600)
READABLE = 4.5  # the least contrast of text that WCAG 2 (AA) admits


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """Return a browser, or skip where the machine has none."""
    found = program()
    if found is None:
        pytest.skip(f"no {' or '.join(PROGRAMS)} on this machine")
    return Browser(found, tmp_path)


@pytest.fixture(scope="module")
def many() -> PlanDocument:
    """Return a plan of about two thousand runs."""
    return large(1000)


@pytest.fixture(scope="module")
def many_page(many: PlanDocument) -> str:
    """Return its page."""
    return report_page(many)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_widths_and_colours(browser: Browser, many_page: str, dark: bool) -> None:
    """Of few runs and of many, at every width: nothing sticks out, and all text can be read."""
    pages = {
        f"{name}-{width}": (page, width)
        for name, page in (("few", report_page(small())), ("many", many_page))
        for width in WIDTHS
    }
    seen = browser.look(pages, "widths", dark=dark)
    assert [page["out"] for page in seen] == [0] * len(pages)
    assert all(page["narrowest"] >= 60 for page in seen)
    assert all(page["faintest"] >= READABLE for page in seen)
    assert all((page["ground"] < 0.1) == dark for page in seen)


def test_screenshots(browser: Browser, many_page: str) -> None:
    """Pictures of three widths side by side; light and dark ones differ."""
    pages = {f"page-{width}": (many_page, width) for width in WIDTHS}
    light, dark = (browser.photograph(pages, dark=dark) for dark in (False, True))
    for picture in (light, dark):
        assert struct.unpack(">II", picture[16:24]) == (sum(WIDTHS), HEIGHT)
    assert light != dark


def test_a_run_is_found_and_explained_by_keyboard(browser: Browser) -> None:
    """Words narrow the list, arrows walk it, Enter opens the why, closing gives the focus back."""
    document = small()
    placed = document.assignments[0]
    page = {"page": (report_page(document), 900)}
    seen = browser.look(page, "keyboard", f"{placed.job} PLACED", dark=False)
    rows = len(runs(document)) + len(document.errors)
    jobs = [one for one in document.assignments if one.job == placed.job]
    assert (seen["all"], seen["some"]) == (rows, len(jobs))
    assert seen["found"] == f"{len(jobs)} of {rows}"
    assert (seen["open"], seen["title"]) == (True, placed.job)
    assert (seen["at"], seen["back"]) == ("0", "0")
    assert seen["hash"] == f"#run={placed.run}"
    why = explain_document(document, placed.run)
    assert seen["verdicts"] == [candidate.verdict for candidate in why.candidates]


def test_many_runs_cost_little(browser: Browser, many: PlanDocument, many_page: str) -> None:
    """However many there are, only those in sight are elements; the last one is a key away."""
    seen = browser.look({"page": (many_page, 900)}, "many", dark=False)
    count = len(runs(many))
    assert count > 1500
    assert (seen["count"], seen["last"]) == (count, str(count - 1))
    assert seen["rows"] < 100
    assert seen["bars"] > 0


def test_mischief_does_nothing(browser: Browser) -> None:
    """Names that try to be markup are text, and nothing but the pages is asked for."""
    pages = {
        f"page-{number}": (report_page(renamed(small(), end)), 900)
        for number, end in enumerate(MISCHIEF)
    }
    seen = browser.look(pages, "mischief", dark=False)
    job = small().assignments[0].job
    assert [page["title"] for page in seen] == [job + end for end in MISCHIEF]
    assert {(page["struck"], page["foreign"]) for page in seen} == {(None, 0)}
    served = {"/", *(f"/{name}.html" for name in pages)}
    assert set(browser.asked) - {"/favicon.ico"} == served


def test_without_scripts(browser: Browser) -> None:
    """Each run can be read, and what needs the script does not come up."""
    browser.scripts = False
    document = small()
    seen = browser.look({"page": (report_page(document), 900)}, "unscripted", dark=False)
    assert all(one.run in seen["text"] for one in runs(document))
    assert seen["scripted"] == 0

# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner report`: a page from a plan's file or from a cycle of the ledger."""

from pathlib import Path

import pytest

from models import ExitCode, PlanDocument, RunState
from planner.ledger import Ledger
from planner.plan import read_plan
from planner.report import report_page
from tests.cli.conftest import Kci
from tests.ledger import nouns


@pytest.fixture
def plan(plan_file: Path) -> PlanDocument:
    """Return the plan in the file."""
    return read_plan(plan_file)


def test_a_file(kci: Kci, plan_file: Path, plan: PlanDocument, tmp_path: Path) -> None:
    """The page goes to the file that is named, and nothing to stdout."""
    path = tmp_path / "page.html"
    done = kci("report", plan_file, "-o", path)
    assert (done.code, done.out, done.err) == (ExitCode.DONE, "", "")
    assert path.read_text() == report_page(plan)


def test_to_stdout(kci: Kci, plan_file: Path, plan: PlanDocument) -> None:
    """With - the page is what stdout says."""
    assert kci("report", plan_file, "-o", "-").out == report_page(plan)


def test_a_cycle(kci: Kci, tmp_path: Path) -> None:
    """The page of a recorded cycle has what became of its runs; the ledger is named either way."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    one = nouns.request("r0")
    with Ledger.open(url) as ledger:
        nouns.intend(ledger, one)
        ledger.mark_submitted(one.run(0), "17", nouns.NOW)
        started = nouns.NOW + 2 * nouns.MINUTE
        ended = nouns.outcome(
            one.run(0),
            RunState.FINISHED,
            started=started,
            ended=started + 77 * nouns.MINUTE,
            result="pass",
        )
        ledger.record_outcomes((ended,), nouns.NOW)
    (tmp_path / "site.yaml").write_text(f"planner: {{ledger: '{url}'}}\n")
    for where in (("--ledger", url), ("-c", str(tmp_path / "site.yaml"))):
        done = kci("report", "1", *where, "-o", "-")
        assert (done.code, done.err) == (ExitCode.DONE, "")
        assert "cycle 1" in done.out
        # Expected and real durations of the run.
        assert "10m" in done.out
        assert "1h17m" in done.out
    assert kci("report", "2", "--ledger", url, "-o", "-").err == (
        "error: the ledger has no plan of cycle 2\n"
    )


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("nowhere.json",), "nowhere.json: cannot read the plan"),
        (("7", "--ledger", "sqlite:///nowhere.db"), "there is no ledger here"),
    ],
)
def test_nothing_to_report(
    kci: Kci, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], text: str
) -> None:
    """A file or a ledger that there is not is an error, exit 1, and no page is written."""
    monkeypatch.chdir(tmp_path)
    done = kci("report", *args, "-o", "page.html")
    assert done.code == ExitCode.ERROR
    assert text in done.err
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("args", [("7",), ("plan.json", "--ledger", "sqlite:///ledger.db"), ()])
def test_usage(kci: Kci, args: tuple[str, ...]) -> None:
    """A cycle without a ledger, a ledger without a cycle, and neither are usage errors."""
    assert kci("report", *args, "-o", "-").code == ExitCode.USAGE


def test_a_page_that_cannot_be_written(kci: Kci, plan_file: Path, tmp_path: Path) -> None:
    """It is an error that names the file."""
    done = kci("report", plan_file, "-o", tmp_path / "nowhere" / "page.html")
    assert done.code == ExitCode.ERROR
    assert "page.html: cannot write the page" in done.err

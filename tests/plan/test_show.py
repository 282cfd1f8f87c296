# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans, explanations and differences as people see them, at the widths that they have."""

import dataclasses
import io
import re
from collections.abc import Callable

import pytest
from rich.console import Console

from models import PlanDocument, Reason, ReasonCode, RequestError
from planner.plan import diff, explain_document
from planner.plan.show import show
from planner.plan.show_diff import show_diff
from planner.plan.show_explanation import show_explanation
from tests.plan.plans import written
from tests.rules.facts import Wish, facts

REQUESTS = ("00112233445566778899", "aabbccddeeff00112233", "ffeeddccbbaa99887766")
BOARD = "lab-with-a-long-name/mt8395-genio-1200-evk-with-a-long-name"


def shown(show_on: Callable[[Console], None], width: int) -> str:
    """Return what is printed where there is no terminal."""
    file = io.StringIO()
    show_on(Console(file=file, width=width))
    return file.getvalue()


@pytest.fixture
def plan() -> PlanDocument:
    """Return a plan with a run placed, one waiting, and a request in error."""
    problem = facts(
        Wish((BOARD, "lab/a"), priority=60, duration=3900, cost=2500),
        Wish((BOARD,), priority=40),
        ceilings={BOARD: {100: 1}},
        steps={BOARD: [(9, 45)]},
    )
    labels = problem.labels | {"request": REQUESTS[:2], "job": ("boot-[bold]spread", "ltp")}
    document = written(dataclasses.replace(problem, labels=labels), BOARD, None)
    error = RequestError(
        request=REQUESTS[2],
        job="kselftest",
        parent="parent",
        reason=Reason.of(ReasonCode.UNKNOWN_RUNTIME, "no runtime lab-x is defined"),
    )
    return document.model_copy(update={"errors": (error,)})


@pytest.mark.parametrize("width", [80, 160])
def test_a_plan_fits_its_page(plan: PlanDocument, width: int) -> None:
    """No line is longer than the page, nothing is cut off, and nothing coloured in a file."""
    text = shown(lambda page: show(plan, page), width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "\x1b" not in text
    assert "…" not in text


def test_a_plan_on_a_wide_page(plan: PlanDocument) -> None:
    """Runs by slot with all their numbers, the waiting with the reason, errors, and the tiers."""
    text = shown(lambda page: show(plan, page), 160)
    lab, board = BOARD.split("/")
    assert f"{lab} / {board}  1 run" in text
    (row,) = [line for line in text.splitlines() if line.startswith(f"{REQUESTS[0]}-0")]
    assert row.split() == [
        f"{REQUESTS[0]}-0",
        "boot-[bold]spread",
        board,
        "+45s",
        "1h05m",
        "2.500",
        "60",
    ]
    assert "waiting: outbid  1 run" in text
    assert plan.deferrals[0].reason.text in " ".join(text.split())
    assert f"{REQUESTS[1]}-0 ltp" in text
    assert "in error: unknown_runtime  1 request" in text
    assert f"{REQUESTS[2]} kselftest" in text
    assert "1 run placed, 1 waiting, 1 request in error" in text
    for tier in plan.solve.tiers:
        assert re.search(rf"^{tier.name} .*none$", text, re.MULTILINE)


def test_runs_have_short_names_on_a_narrow_page(plan: PlanDocument) -> None:
    """The first letters of the request and the index of the run."""
    text = shown(lambda page: show(plan, page), 80)
    assert re.search(r"^0011223-0 ", text, re.MULTILINE)
    assert "aabbccd-0 ltp" in text


def test_many_that_wait_are_counted() -> None:
    """One sentence for all that wait for the same, a few by name."""
    problem = facts(*(Wish(("lab/a",)) for _ in range(20)), ceilings={"lab/a": {100: 0}})
    text = shown(lambda page: show(written(problem, *[None] * 20), page), 160)
    assert text.count("slot_ceiling: lab/a") == 1
    assert re.search(r"r0-0 job, .* and \d+ more$", text, re.MULTILINE)


def test_an_empty_plan() -> None:
    """There is nothing to show but that there is nothing."""
    text = shown(lambda page: show(written(facts()), page), 80)
    assert text.startswith("no runs placed, 0 waiting, no requests in error")


@pytest.mark.parametrize("width", [80, 160])
def test_an_explanation(plan: PlanDocument, width: int) -> None:
    """Where it goes, each candidate with its parts, and the verdict on each."""
    found = explain_document(plan, f"{REQUESTS[0]}-0")
    text = shown(lambda page: show_explanation(found, page), width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "goes to" in text
    assert "chosen" in text
    assert "had room, but is" in text
    for tier in plan.solve.tiers:
        assert tier.name in text


def test_an_explanation_of_one_that_waits(plan: PlanDocument) -> None:
    """The reason, and who has the room."""
    found = explain_document(plan, f"{REQUESTS[1]}-0")
    text = shown(lambda page: show_explanation(found, page), 160)
    assert "waits: outbid" in text
    assert f"taken by {REQUESTS[0]}-0" in text


def test_an_explanation_of_an_error(plan: PlanDocument) -> None:
    """The error of the request, and no candidates."""
    found = explain_document(plan, REQUESTS[2])
    text = shown(lambda page: show_explanation(found, page), 80)
    assert "is in error: unknown_runtime: no runtime lab-x is defined" in text
    assert "candidate" not in text


@pytest.mark.parametrize("width", [80, 160])
def test_a_difference(plan: PlanDocument, width: int) -> None:
    """What changed, with both states; and no more than that."""
    other = written(facts(Wish(("lab/a",))), None)
    text = shown(lambda page: show_diff(diff(plan, other), page), width)
    assert all(len(line) <= width for line in text.splitlines())
    for part in ("new  1 run", "gone  2 runs", "no longer in error  1 request"):
        assert part in text
    assert "moved" not in text
    assert re.search(r"^value .*-\d", text, re.MULTILINE)


def test_no_difference(plan: PlanDocument) -> None:
    """Said in words, so that silence means nothing."""
    text = shown(lambda page: show_diff(diff(plan, plan), page), 80)
    assert "both plans decide the same" in text

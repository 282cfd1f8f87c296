# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which runs a user means by a key, its first letters, or a job and a platform."""

import dataclasses

import pytest

from models import PlanDocument, PlannerError, Reason, ReasonCode, RequestError
from planner.plan import runs_named
from tests.plan.plans import written
from tests.rules.facts import Wish, facts


@pytest.fixture
def plan() -> PlanDocument:
    """Return a plan of three requests, two of which begin alike, and one in error."""
    problem = facts(
        Wish(("lab/a", "lab/b"), number=2), Wish(("lab/a",)), Wish(("lab/b",)), Wish(("lab/a",))
    )
    labels = problem.labels | {
        "request": ("abc1", "abc2", "def3", "abc"),
        "job": ("boot", "boot", "ltp", "boot"),
    }
    document = written(
        dataclasses.replace(problem, labels=labels), "lab/b", None, "lab/a", "lab/b", None
    )
    error = RequestError(
        request="fff4",
        job="boot",
        parent="parent",
        reason=Reason.of(ReasonCode.UNKNOWN_JOB, "no job"),
    )
    return document.model_copy(update={"errors": (error,)})


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("abc1-1", ("abc1-1",)),
        ("abc1", ("abc1-0", "abc1-1")),
        ("def", ("def3-0",)),
        ("d-0", ("def3-0",)),
        ("abc", ("abc-0",)),
        ("abc-0", ("abc-0",)),
        ("fff4", ("fff4",)),
        ("ff", ("fff4",)),
        ("boot@a", ("abc2-0",)),
    ],
)
def test_what_a_name_means(plan: PlanDocument, name: str, runs: tuple[str, ...]) -> None:
    """A whole key comes before one that only begins so; a request means all its runs."""
    assert runs_named(plan, name) == runs


@pytest.mark.parametrize("name", ["x", "abc1-7", "x-0", "boot@nowhere", "", "-0"])
def test_no_such_run(plan: PlanDocument, name: str) -> None:
    """What the plan does not speak of, or could be anything, is an error with the name."""
    with pytest.raises(PlannerError, match=f"'{name}'"):
        runs_named(plan, name)


def test_several_that_it_could_be(plan: PlanDocument) -> None:
    """An ambiguous name lists what it could mean."""
    with pytest.raises(PlannerError, match="could be any of abc, abc1, abc2"):
        runs_named(plan, "ab")
    with pytest.raises(PlannerError, match="could be any of abc1-0, abc2-0, abc-0"):
        runs_named(plan.model_copy(update={"deferrals": plan.deferrals}), "ab-0")

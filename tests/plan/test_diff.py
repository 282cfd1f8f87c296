# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one plan decides otherwise than another, and the other way round."""

import dataclasses

from hypothesis import given, settings

from models import PlanDiff, PlanDocument, Reason, ReasonCode, RequestError
from planner.plan import diff
from planner.problem import Problem
from tests.plan.plans import problems, solved, written
from tests.rules.facts import Wish, facts

TWO = facts(Wish(("lab/a", "lab/b")), Wish(("lab/a", "lab/b")))
PARTS = ("placed", "moved", "deferred", "new", "gone", "reasons")


def runs(difference: PlanDiff) -> dict[str, list[str]]:
    """Return the runs of each part that has any."""
    parts = {name: [change.run for change in getattr(difference, name)] for name in PARTS}
    return {name: found for name, found in parts.items() if found}


def test_a_plan_and_itself() -> None:
    """Nothing differs; not even when it was written down at another time."""
    plan = written(TWO, "lab/a", None)
    assert diff(plan, plan).empty
    later = plan.model_copy(update={"plan": plan.plan.model_copy(update={"id": "other"})})
    assert diff(plan, later).empty
    assert (diff(plan, later).before, diff(plan, later).after) == (plan.plan.id, "other")


def test_placed_moved_and_deferred() -> None:
    """Each run is in the one part that says what became of it, with both states."""
    before = written(TWO, "lab/a", None)
    assert runs(diff(before, written(TWO, "lab/b", "lab/a"))) == {
        "moved": ["r0-0"],
        "placed": ["r1-0"],
    }
    gone = diff(before, written(TWO, None, None))
    assert runs(gone) == {"deferred": ["r0-0"]}
    (change,) = gone.deferred
    assert change.place_before is not None
    assert change.place_before.device_type == "a"
    assert change.reason_after is not None
    assert (change.place_after, change.reason_before) == (None, None)


def test_new_and_gone() -> None:
    """Runs that only one of the plans speaks of, placed there or not."""
    smaller, larger = facts(Wish(("lab/a",))), facts(Wish(("lab/a",)), Wish(("lab/a",)))
    before, after = written(smaller, "lab/a"), written(larger, "lab/a", None)
    assert runs(diff(before, after)) == {"new": ["r1-0"]}
    assert runs(diff(after, before)) == {"gone": ["r1-0"]}


def test_another_reason() -> None:
    """Waiting for something else counts; other words for the same code do not."""
    full = facts(Wish(("lab/a",)), Wish(("lab/b",)), ceilings={"lab/a": {100: 0}})
    closed = facts(Wish(("lab/a",)), Wish(("lab/b",)), totals={"lab": 0})
    fuller = facts(Wish(("lab/a",)), Wish(("lab/b",)), ceilings={"lab/a": {20: 0}})
    before = written(full, None, None)
    assert "r0-0" in runs(diff(before, written(closed, None, None)))["reasons"]
    assert runs(diff(before, written(fuller, None, None))) == {}


def test_tiers_that_changed() -> None:
    """Only tiers with another value are there, before and after."""
    (change,) = diff(written(TWO, "lab/a", None), written(TWO, "lab/a", "lab/a")).tiers[:1]
    assert (change.name, change.before, change.after) == ("value", 100, 200)


def test_a_tier_that_one_plan_has_not() -> None:
    """Another policy may have other tiers; the missing value is None."""
    policy = TWO.policy.model_copy(update={"tiers": TWO.policy.tiers[:-2]})
    fewer = dataclasses.replace(TWO, policy=policy)
    (change,) = diff(written(TWO, "lab/a", None), written(fewer, "lab/a", None)).tiers
    assert (change.name, change.before, change.after) == ("cost", 0, None)


def test_errors_that_came_and_went() -> None:
    """A request in error on one side only."""
    plan = written(TWO, None, None)
    error = RequestError(
        request="r9",
        job="job",
        parent="parent",
        reason=Reason.of(ReasonCode.UNKNOWN_JOB, "no job x"),
    )
    wrong = plan.model_copy(update={"errors": (error,)})
    assert diff(plan, wrong).new_errors == (error,)
    assert diff(wrong, plan).gone_errors == (error,)
    assert diff(wrong, wrong).empty


def test_estimates_alone_make_no_difference() -> None:
    """The same places with other durations are the same decision."""
    plan = written(TWO, "lab/a", None)
    slower = tuple(a.model_copy(update={"duration_s": 9}) for a in plan.assignments)
    assert diff(plan, plan.model_copy(update={"assignments": slower})).empty


@settings(max_examples=25, deadline=None)
@given(problem=problems)
def test_the_other_way_round(problem: Problem) -> None:
    """Swapping the plans swaps before and after, placed and deferred, new and gone."""
    before, after = solved(problem, "greedy"), solved(problem, "today")
    there, back = runs(diff(before, after)), runs(diff(after, before))
    swapped = {"placed": "deferred", "deferred": "placed", "new": "gone", "gone": "new"}
    assert back == {swapped.get(part, part): found for part, found in there.items()}
    assert [(t.after, t.before) for t in diff(before, after).tiers] == [
        (t.before, t.after) for t in diff(after, before).tiers
    ]


@settings(max_examples=25, deadline=None)
@given(problem=problems)
def test_every_other_place_is_in_the_diff(problem: Problem) -> None:
    """The runs that the diff names as placed, moved or deferred are those whose place differs."""
    before, after = solved(problem, "greedy"), solved(problem, "today")
    was, is_ = places(before), places(after)
    found = runs(diff(before, after))
    named = {run for part in ("placed", "moved", "deferred") for run in found.get(part, [])}
    assert named == {run for run in was.keys() | is_.keys() if was.get(run) != is_.get(run)}


def places(plan: PlanDocument) -> dict[str, tuple[str, str]]:
    """Return where each placed run goes."""
    return {a.run: (a.runtime, a.platform) for a in plan.assignments}

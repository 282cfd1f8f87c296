# SPDX-License-Identifier: LGPL-2.1-or-later
"""Why a run waits: one reason of the closed list, naming the rule and its number."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from models import (
    Capacity,
    Place,
    Reason,
    ReasonCode,
    ReasonTier,
    Rejection,
    Request,
    Runs,
)
from planner.candidates import admit
from planner.config import load_catalog
from planner.plan import document
from planner.problem import PERMISSIVE, STRICT, Problem, build
from tests.plan.plans import CREATED, chosen, written
from tests.rules.facts import Wish, facts


def reason(problem: Problem, *places: str | None, solver: str = "exact") -> Reason:
    """Return the reason of the last run that waits."""
    return written(problem, *places, solver=solver).deferrals[-1].reason


def test_queue_full() -> None:
    """A ceiling of nothing was used up before this plan."""
    found = reason(facts(Wish(("lab/a",)), ceilings={"lab/a": {20: 0, 100: 3}}), None)
    assert (found.tier, found.code) == (ReasonTier.WAITING, ReasonCode.QUEUE_FULL)
    assert "slot_ceiling: lab/a takes no more runs of priority 20 or less" in found.text


def test_runtime_full() -> None:
    """So was a runtime's total."""
    found = reason(facts(Wish(("lab/a",)), totals={"lab": 0}), None)
    assert (found.tier, found.code) == (ReasonTier.WAITING, ReasonCode.RUNTIME_FULL)
    assert "runtime_total: lab takes no more runs" in found.text


def test_deadline() -> None:
    """A slot that can start nothing in time."""
    found = reason(facts(Wish(("lab/a",), slack=900), deadlines={"lab/a": {900: 0}}), None)
    assert (found.tier, found.code) == (ReasonTier.IMPOSSIBLE, ReasonCode.DEADLINE)
    assert "deadline: lab/a can start no more runs within 900 s" in found.text


def test_outbid_names_three_and_counts_the_rest() -> None:
    """Five runs took the room; the first three served are named."""
    problem = facts(
        *(Wish(("lab/a",), priority=p) for p in (20, 60, 60, 60, 20)),
        Wish(("lab/a",), priority=20),
        ceilings={"lab/a": {60: 5}},
    )
    found = reason(problem, *["lab/a"] * 5, None)
    assert (found.tier, found.code) == (ReasonTier.OUTBID, ReasonCode.OUTBID)
    assert "takes 5 more runs of priority 60 or less" in found.text
    assert "r1-0, r2-0, r3-0 and 2 more" in found.text


def test_outbid_counts_only_runs_within_the_limit() -> None:
    """A run of higher priority does not take what is there for the lower ones."""
    problem = facts(
        Wish(("lab/a",), priority=60),
        Wish(("lab/a",), priority=20),
        Wish(("lab/a",), priority=20),
        ceilings={"lab/a": {20: 1}},
    )
    text = reason(problem, "lab/a", "lab/a", None).text
    assert "r1-0" in text
    assert "r0-0" not in text


def test_outbid_by_the_total_of_a_runtime() -> None:
    """Runs on other slots of the runtime take its total as well."""
    problem = facts(Wish(("lab/a",)), Wish(("lab/b",)), totals={"lab": 1})
    found = reason(problem, "lab/a", None)
    assert found.code is ReasonCode.OUTBID
    assert "runtime_total: lab takes 1 more run in all, and r0-0 got that" in found.text


def test_outbid_within_a_deadline() -> None:
    """Urgent runs took the starts in time; one with more slack is not among them."""
    problem = facts(
        Wish(("lab/a",), slack=3600),
        Wish(("lab/a",), slack=900),
        Wish(("lab/a",), slack=900),
        deadlines={"lab/a": {900: 1}},
    )
    found = reason(problem, "lab/a", "lab/a", None)
    assert found.code is ReasonCode.OUTBID
    assert "can start 1 more run within 900 s, and r1-0 got that" in found.text


def test_the_least_final_reason_is_told() -> None:
    """Of a place full before and one that others got, the second gives hope."""
    problem = facts(
        Wish(("lab/b",)),
        Wish(("lab/a", "lab/b")),
        ceilings={"lab/a": {100: 0}, "lab/b": {100: 1}},
    )
    found = reason(problem, "lab/b", None)
    assert found.code is ReasonCode.OUTBID
    assert "full as well: 1 other place" in found.text


def test_strict_all_or_none() -> None:
    """One board is free, the other full: a strict request of two has neither."""
    problem = facts(
        Wish(("lab/a", "lab/b"), number=2, mode=STRICT, variant=("device_type",)),
        ceilings={"lab/a": {100: 0}},
    )
    found = reason(problem, None, None)
    assert (found.tier, found.code) == (ReasonTier.WAITING, ReasonCode.VARIANT)
    assert "variant_strict: 2 more runs with a different device_type each, or none" in found.text
    assert "1 can be had now, of 2" in found.text


def test_strict_counts_what_earlier_runs_took() -> None:
    """The only free board has had a run of this request before."""
    problem = facts(
        Wish(("lab/a",), mode=STRICT, variant=("device_type",), earlier=("lab/a",)),
    )
    found = reason(problem, None)
    assert found.code is ReasonCode.VARIANT
    assert "0 can be had now, of 0" in found.text


def test_strict_with_every_place_full_waits_for_room() -> None:
    """Where there is no room at all, that is the reason, and not the variant."""
    problem = facts(
        Wish(("lab/a", "lab/b"), number=2, mode=STRICT, variant=("device_type",)),
        ceilings={"lab/a": {100: 0}, "lab/b": {100: 0}},
    )
    assert reason(problem, None, None).code is ReasonCode.QUEUE_FULL


def test_a_permissive_request_is_outbid_by_its_own_runs() -> None:
    """Repeats are allowed, so room is what the second run lacks."""
    problem = facts(
        Wish(("lab/a",), number=2, mode=PERMISSIVE, variant=("device_type",)),
        ceilings={"lab/a": {100: 1}},
    )
    found = reason(problem, "lab/a", None)
    assert found.code is ReasonCode.OUTBID
    assert "r0-0 got that" in found.text


def test_dropped_by_the_policy_of_today() -> None:
    """Today's solver drops, whatever room there is elsewhere; the others never do."""
    problem = facts(Wish(("lab/a", "lab/b")), ceilings={"lab/a": {100: 0}})
    found = reason(problem, None, solver="today")
    assert (found.tier, found.code) == (ReasonTier.WAITING, ReasonCode.DROPPED)
    assert "1 of 2 are full" in found.text
    assert "lab/a takes no more runs" in found.text


def test_room_that_a_plan_leaves_is_said() -> None:
    """A plan that is not the best may leave room; its text does not blame others."""
    found = reason(facts(Wish(("lab/a",))), None, solver="greedy")
    assert "lab/a has room that this plan does not use" in found.text


def test_no_candidate_and_no_admission() -> None:
    """A problem from a file cannot say why a request has no place; its text says so."""
    found = reason(facts(Wish(()), Wish(("lab/a",))), None, "lab/a")
    assert found.code is ReasonCode.NO_DEVICE
    assert "loaded from a file" in found.text


@pytest.fixture
def admitted(tmp_path: Path) -> Callable[[tuple[Place, ...], tuple[Rejection, ...]], Problem]:
    """Return a function that admits one request to labs with no devices at all."""
    (tmp_path / "site.yaml").write_text(
        "jobs: {boot: {kind: job}}\nplatforms: {rock: {}, pi: {}}\n"
        "runtimes: {lab-a: {lab_type: lava}, lab-b: {lab_type: lava}}\n"
    )
    catalog = load_catalog(tmp_path)

    def problem(candidates: tuple[Place, ...], rejections: tuple[Rejection, ...]) -> Problem:
        request = Request(
            key="key",
            entry="e",
            job="boot",
            kind="job",
            parent="node",
            retry=0,
            priority=20,
            submitter=None,
            runs=Runs(),
            candidates=candidates,
            rejections=rejections,
            created=CREATED,
            deadline=CREATED + timedelta(hours=6),
        )
        nothing = {
            name: {"runtime": name, "known": True, "devices": {}} for name in catalog.runtimes
        }
        return build(admit(catalog, [request], Capacity.model_validate({"runtimes": nothing})))

    return problem


def test_no_candidate_waits_for_the_least_final_rejection(
    admitted: Callable[[tuple[Place, ...], tuple[Rejection, ...]], Problem],
) -> None:
    """A lab without the board gives more hope than a rule of the site that excludes the place."""
    ruled_out = Rejection(
        runtime="lab-b",
        platform="pi",
        reason=Reason.of(ReasonCode.PLATFORM_RULE, "tree is playground"),
    )
    here = Place(runtime="lab-a", platform="rock", device_type="rock")
    problem = admitted((here,), (ruled_out,))
    plan = chosen(problem, problem.run_request - 1)
    (deferral,) = document(problem, plan, created=CREATED).deferrals
    assert deferral.reason.code is ReasonCode.NO_DEVICE
    assert "lab-a has no rock" in deferral.reason.text
    assert "1 other place" in deferral.reason.text


def test_rejections_and_errors_come_from_admission(
    admitted: Callable[[tuple[Place, ...], tuple[Rejection, ...]], Problem],
) -> None:
    """What admission refused is in the explanations; a request in error is in the errors."""
    unknown = Rejection(
        runtime="lab-x",
        platform=None,
        reason=Reason.of(ReasonCode.UNKNOWN_RUNTIME, "no runtime lab-x"),
    )
    problem = admitted((), (unknown,))
    plan = chosen(problem, problem.run_request)
    result = document(problem, plan, created=CREATED)
    assert [(e.request, e.job, e.parent) for e in result.errors] == [("key", "boot", "node")]
    assert result.errors[0].reason == unknown.reason
    assert (result.assignments, result.deferrals, result.explanations) == ((), (), ())
    loaded = dataclasses.replace(problem, admission=None)
    assert document(loaded, plan, created=CREATED).errors == ()

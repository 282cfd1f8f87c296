# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan as it is written down: fixed keys, every run once, starts in the order of service."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings

from models import PlanDocument, ReasonCode, RequestError
from planner.plan import document, outline
from planner.problem import STRICT, Problem
from planner.solvers import SOLVERS, solve
from tests.plan.plans import CREATED, planned, problems, solved, written
from tests.rules.facts import Wish, facts


def test_keys_are_those_of_the_design() -> None:
    """Every key that scripts rely on is there, next to what explains the plan."""
    problem = facts(Wish(("lab/a",), number=2), ceilings={"lab/a": {100: 1}})
    data = json.loads(written(problem, "lab/a", None).model_dump_json())
    fixed = ["plan", "solve", "assignments", "deferrals", "errors"]
    assert list(data) == [*fixed, "explanations", "slots", "prices", "boards"]
    assert set(data["plan"]) == {"id", "problem", "created", "valid_until"}
    known = {"solver", "status", "tiers", "gap", "seconds", "made_by", "notes"}
    assert set(data["solve"]) == known
    assert set(data["solve"]["tiers"][0]) == {"name", "value", "bound"}
    run = {"run", "request", "job", "parent", "index"}
    place = {"runtime", "platform", "device_type"}
    assert set(data["assignments"][0]) == run | place | {
        "priority",
        "start_s",
        "duration_s",
        "cost",
        "queue_s",
        "p90_s",
        "load_s",
    }
    assert set(data["deferrals"][0]) == run | {"reason"}
    assert set(data["deferrals"][0]["reason"]) == {"tier", "code", "text"}
    assert set(RequestError.model_fields) == {"request", "job", "parent", "reason"}


def test_header_names_the_plan_and_its_problem() -> None:
    """The plan is valid for as long as the policy says, and names the problem it solves."""
    problem = facts(Wish(("lab/a",)))
    plan = planned(problem, "lab/a")
    header = document(problem, plan, created=CREATED).plan
    assert (header.id, header.problem, header.created) == (plan.id, problem.digest, CREATED)
    assert header.valid_until == CREATED + timedelta(seconds=problem.policy.valid_for)


def test_an_assignment_says_where_and_what_it_takes() -> None:
    """Place, priority, duration and cost are those of the candidate and the request."""
    problem = facts(Wish(("lab/a", "lab/b"), priority=40, duration=90, cost=7))
    (one,) = written(problem, "lab/b").assignments
    assert (one.run, one.request, one.index) == ("r0-0", "r0", 0)
    assert (one.runtime, one.platform, one.device_type) == ("lab", "b", "b")
    assert (one.priority, one.duration_s, one.cost, one.load_s) == (40, 90, 7, 90)


def test_high_priorities_start_first_then_the_order_of_the_batch() -> None:
    """The waiting steps of a slot go to its runs by priority, and then first come first served."""
    problem = facts(
        *(Wish(("lab/a",), priority=p) for p in (20, 60, 20, 60)),
        steps={"lab/a": [(1, 0), (1, 100), (1, 200), (9, 300)]},
    )
    starts = {a.run: a.start_s for a in written(problem, *["lab/a"] * 4).assignments}
    assert starts == {"r1-0": 0, "r3-0": 100, "r0-0": 200, "r2-0": 300}


def test_slots_wait_each_for_itself() -> None:
    """A run on another slot does not delay one here."""
    problem = facts(
        Wish(("lab/a", "lab/b")),
        Wish(("lab/a", "lab/b")),
        steps={"lab/a": [(1, 10), (9, 20)], "lab/b": [(1, 30), (9, 40)]},
    )
    starts = [a.start_s for a in written(problem, "lab/b", "lab/a").assignments]
    assert starts == [30, 10]


def test_runs_sent_earlier_keep_their_index() -> None:
    """A request with a run already sent goes on counting after it."""
    problem = facts(Wish(("lab/a",), number=2, earlier=("lab/a",), variant=("runtime",)))
    assert [a.run for a in written(problem, "lab/a", "lab/a").assignments] == ["r0-1", "r0-2"]


@pytest.mark.parametrize("solver", sorted(SOLVERS))
@settings(max_examples=25, deadline=None)
@given(problem=problems)
def test_every_run_is_written_down_once(solver: str, problem: Problem) -> None:
    """Each run of the problem stands once, in assignments or in deferrals."""
    result = solved(problem, solver)
    runs = [a.run for a in result.assignments] + [d.run for d in result.deferrals]
    assert sorted(runs) == sorted(problem.run_id(run) for run in range(problem.runs))
    assert [o.request for o in result.explanations] == list(problem.labels["request"])


@settings(max_examples=25, deadline=None)
@given(problem=problems)
def test_starts_add_up_to_the_completion_tier(problem: Problem) -> None:
    """Starts and durations of all assignments are what the tier says."""
    result = solved(problem, "greedy")
    seconds = sum(a.start_s + a.duration_s for a in result.assignments)
    assert seconds == next(t.value for t in result.solve.tiers if t.name == "completion")


@settings(max_examples=15, deadline=None)
@given(problem=problems)
def test_written_twice_is_the_same_and_reads_back(problem: Problem) -> None:
    """The same plan gives the same document, and its JSON the same document again."""
    plan = solve(problem, solver="greedy")
    once = document(problem, plan, created=CREATED)
    assert document(problem, plan, created=CREATED) == once
    assert PlanDocument.model_validate_json(once.model_dump_json()) == once


@settings(max_examples=25, deadline=None)
@given(problem=problems)
def test_reasons_fit_the_kind_of_request(problem: Problem) -> None:
    """Only a strict request waits for values; an optimal plan drops nothing and leaves no room."""
    modes = dict(zip(problem.labels["request"], problem.request_mode.tolist(), strict=True))
    for deferral in solved(problem).deferrals:
        reason = deferral.reason
        assert reason.code is not ReasonCode.DROPPED
        assert "does not use" not in reason.text
        if reason.code is ReasonCode.VARIANT:
            assert modes[deferral.request] == STRICT


@settings(max_examples=30)
@given(problem=problems)
def test_an_outline_is_the_document_without_its_reasons(problem: Problem) -> None:
    """It places the same runs in the same words, has the others wait, and says nothing else."""
    plan = solve(problem, solver="greedy")
    full = document(problem, plan, created=CREATED)
    bare = outline(problem, plan, created=CREATED)
    same = {"plan", "solve", "assignments", "errors"}
    assert bare.model_dump(include=same) == full.model_dump(include=same)
    assert [one.run for one in bare.deferrals] == [one.run for one in full.deferrals]
    assert (bare.explanations, bare.slots, bare.prices) == ((), (), ())

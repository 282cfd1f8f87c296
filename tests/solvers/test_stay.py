# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans that know the last one: what stays, and that nothing else gets worse for it."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Tier
from planner.plan import check
from planner.problem import FREE, Problem, kinds, merge
from planner.problem.problem import Ints
from planner.rules import GOALS
from planner.solvers import solve
from planner.solvers.stay import stay
from tests.instances import every_choice, instance, medium, score, small


def after(problem: Problem, choice: Ints) -> Problem:
    """Return the problem with `choice` as what the last plan decided."""
    here = np.flatnonzero(choice >= 0)
    return dataclasses.replace(problem, last_run=here, last_candidate=choice[here])


def without(problem: Problem) -> Problem:
    """Return the problem without a last plan."""
    return after(problem, np.full(problem.runs, -1))


def unpinned(problem: Problem) -> Problem:
    """Return the problem without pins: of requests that have some, no last plan is told."""
    return dataclasses.replace(
        problem,
        barred_run=problem.barred_run[:0],
        barred_candidate=problem.barred_candidate[:0],
    )


def crowd(seed: int, kinds: int = 3, times: int = 3, most_runs: int = 3) -> Problem:
    """Return a problem of few kinds of requests, each several times, and a last plan for it."""
    few = unpinned(instance(seed, kinds, 3, most_runs=most_runs))
    of = np.repeat(np.arange(kinds), times)
    number = few.request_number[of]
    columns = {
        name: getattr(few, name)[of]
        for name in Problem.columns()
        if name.startswith("request_") and len(getattr(few, name))
    }
    many = dataclasses.replace(
        few,
        **columns,
        used_request=few.used_request[:0],
        used_attribute=few.used_attribute[:0],
        used_value=few.used_value[:0],
        run_index=np.concatenate([np.arange(n) for n in number]),
        labels={
            **few.labels,
            **{name: tuple(map(str, range(len(of)))) for name in ("request", "job", "parent")},
        },
    )
    draw = np.random.default_rng(seed)
    if draw.random() < 0.3:
        last = solve(without(many), solver="greedy").choice.copy()
        draw.shuffle(last[: int(number[0]) * times])
        return after(many, last)
    had: list[int] = []
    for kind in range(kinds):
        places, most = many.candidates(kind * times), int(number[kind * times])
        patterns = draw.choice([-1, *places], (2, most))
        had += [int(c) for nth in draw.integers(0, 2, times) for c in patterns[nth]]
    return after(many, np.array(had, dtype=np.int64))


KNOWING = ("exact", "scaled", "cpsat", "greedy")

crowds = st.builds(crowd, seed=st.integers(0, 2**32 - 1))
either = st.one_of(medium.map(unpinned), crowds)
few = st.builds(
    crowd,
    seed=st.integers(0, 2**32 - 1),
    kinds=st.just(1),
    times=st.integers(1, 3),
    most_runs=st.just(2),
)


def stayed(problem: Problem, choice: Ints) -> int:
    """Return how many runs are where they were."""
    return GOALS[Tier.STABILITY].measure(problem, choice)


@settings(max_examples=60, deadline=None)
@given(problem=st.one_of(small, few))
def test_no_plan_of_a_small_problem_is_better(problem: Problem) -> None:
    """Of all plans, in all tiers up to the last one."""
    plan = solve(problem, solver="exact")
    assert check(problem, plan) == []
    assert score(problem, plan.choice) == min(score(problem, c) for c in every_choice(problem))


@pytest.mark.parametrize("solver", KNOWING)
@settings(max_examples=25, deadline=None)
@given(problem=either)
def test_the_tiers_before_are_what_they_are_without(solver: str, problem: Problem) -> None:
    """No value, diversity, completion or cost is given for staying: at most they get better."""
    knowing, fresh = solve(problem, solver=solver), solve(without(problem), solver=solver)
    assert check(problem, knowing) == []
    before, now = (score(without(problem), plan.choice) for plan in (fresh, knowing))
    assert now == before if solver == "exact" else now <= before


@settings(max_examples=40, deadline=None)
@given(problem=either)
def test_no_fewer_stay_than_by_chance(problem: Problem) -> None:
    """A plan that knows the last one keeps at least as many runs as one that does not."""
    knowing, fresh = (solve(p, solver="exact") for p in (problem, without(problem)))
    assert stayed(problem, knowing.choice) >= stayed(problem, fresh.choice)


@pytest.mark.parametrize("solver", ["exact", "cpsat", "greedy"])
@settings(max_examples=25, deadline=None)
@given(problem=either)
def test_nothing_changes_where_nothing_changed(solver: str, problem: Problem) -> None:
    """The same problem again: every run has the place that it had."""
    first = solve(problem, solver=solver)
    again = after(problem, first.choice)
    assert np.array_equal(solve(again, solver=solver).choice, first.choice)


@settings(max_examples=25, deadline=None)
@given(problem=either)
def test_scaled_leaves_the_last_plan_only_for_a_better_one(problem: Problem) -> None:
    """It may end elsewhere in a problem with other classes, and then not with less."""
    first = solve(problem, solver="scaled")
    again = after(problem, first.choice)
    second = solve(again, solver="scaled")
    assert score(again, second.choice) <= score(again, first.choice)


@settings(max_examples=60, deadline=None)
@given(problem=either)
def test_trading_places_changes_no_other_tier(problem: Problem) -> None:
    """Whoever has a place: all tiers but stability are measured the same, which is no less."""
    choice = solve(without(problem), solver="greedy").choice
    for classes in (merge(problem), kinds(problem)):
        found = stay(problem, classes, choice)
        assert stayed(problem, found) >= stayed(problem, choice)
        for tier in without(problem).tiers:
            assert GOALS[tier].measure(problem, found) == GOALS[tier].measure(problem, choice)


@settings(max_examples=60, deadline=None)
@given(problem=either)
def test_as_many_stay_as_the_columns_say(problem: Problem) -> None:
    """What classes promise, their runs keep: the measure is what the bound of exact proves."""
    plan = solve(problem, solver="exact")
    for tier in plan.tiers:
        if tier.name == Tier.STABILITY:
            assert tier.value == tier.bound


def test_a_crowd_has_classes_of_several_requests_of_several_runs() -> None:
    """The laws above are about strict and permissive requests of several runs, too."""
    bound = 0
    for seed in range(50):
        problem = crowd(seed)
        several = (problem.request_mode != FREE) & (problem.request_number > 1)
        classes = merge(problem)
        several &= classes.size[classes.of] > 1
        bound += int(several[problem.run_request[problem.last_run]].sum())
    assert bound > 50

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Solving again after a few changes, from where the last search began."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.instance import Size, make
from planner.plan import check
from planner.problem import Problem
from planner.rules import GOALS, RULES
from planner.rules.model import LinearModel
from planner.solvers import solve
from planner.solvers.corner import Relaxation
from planner.solvers.messages import BASIC
from planner.solvers.program import Basis
from planner.solvers.restart import begin, remember
from tests.instances import medium

SIZE = Size(runs=2000, slots=60, load=1.2)


def _relaxation(problem: Problem) -> tuple[LinearModel, Relaxation]:
    model = LinearModel.of(problem, RULES, GOALS)
    costs = [
        GOALS[tier].costs(model.columns).astype(np.float64) * (-1 if GOALS[tier].maximise else 1)
        for tier in problem.tiers
    ]
    return model, Relaxation(model, costs)


def _steps(problem: Problem, basis: Basis | None) -> int:
    _, relaxation = _relaxation(problem)
    setting_up = relaxation.program.work
    relaxation.start(basis)
    return relaxation.program.work - setting_up


@settings(max_examples=40, deadline=None)
@given(problem=medium, other=medium)
def test_whatever_a_search_begins_with_the_optimum_is_the_same(
    problem: Problem, other: Problem
) -> None:
    """A plan for this problem, or for quite another one: the tiers are those without any."""
    cold = solve(problem, solver="exact")
    for start in (cold, solve(other, solver="exact")):
        warm = solve(problem, solver="exact", start=start)
        assert check(problem, warm) == []
        assert [t.value for t in warm.tiers] == [t.value for t in cold.tiers]


@settings(max_examples=40, deadline=None)
@given(problem=medium, other=medium)
def test_a_basis_has_as_many_columns_as_rows(problem: Problem, other: Problem) -> None:
    """However little of another problem is found again, what is made of it is a basis."""
    old, relaxation = _relaxation(other)
    remembered = remember(old, relaxation.program.solved, relaxation.start())
    model, now = _relaxation(problem)
    basis = begin(remembered, model, now.program.solved)
    basic = int((basis.columns == BASIC).sum() + (basis.rows == BASIC).sum())
    assert basic == len(now.program.solved)


@pytest.mark.parametrize("seed", range(3))
def test_a_small_change_takes_few_steps(seed: int) -> None:
    """A tenth of the requests and of the slots changed: a fraction of the simplex steps is left."""
    model, relaxation = _relaxation(make(SIZE, seed))
    remembered = remember(model, relaxation.program.solved, relaxation.start())
    changed = make(SIZE, seed, changed=0.1)
    later, now = _relaxation(changed)
    basis = begin(remembered, later, now.program.solved)
    assert _steps(changed, basis) < 0.5 * _steps(changed, None)


def test_what_is_asked_is_known_again_wherever_it_stands() -> None:
    """Requests in another order, and one of them gone: the rest is found by what it is about."""
    problem = make(SIZE, 1)
    kept = np.arange(problem.requests)[:0:-1]
    number = problem.request_number[kept]
    moved = dataclasses.replace(
        problem,
        **{
            name: getattr(problem, name)[kept]
            for name in Problem.columns()
            if name.startswith("request_") and len(getattr(problem, name))
        },
        run_index=np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number),
        labels={
            name: tuple(values[i] for i in kept) if len(values) == problem.requests else values
            for name, values in problem.labels.items()
        },
    )
    model, relaxation = _relaxation(problem)
    remembered = remember(model, relaxation.program.solved, relaxation.start())
    later, now = _relaxation(moved)
    basis = begin(remembered, later, now.program.solved)
    assert _steps(moved, basis) < 0.2 * _steps(moved, None)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_same_beginning_gives_the_same_plan(seed: int) -> None:
    """What a plan depends on besides problem and seed is where its search began, and it says so."""
    first = solve(make(Size(200, 12), seed), solver="scaled")
    changed = make(Size(200, 12), seed, changed=0.1)
    plans = [solve(dataclasses.replace(changed), solver="scaled", start=first) for _ in range(2)]
    assert plans[0].id == plans[1].id
    assert f"begun where plan {first.id} began" in plans[0].notes

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The search that large models get is as exact as the one that others get."""

import pytest
from hypothesis import given, settings

from benchmarks.instance import Size, make
from models import Status
from planner.plan import Plan, check
from planner.problem import Problem
from planner.solvers import choose, solve
from tests.instances import medium


def thorough(problem: Problem) -> Plan:
    """Return what a thorough search makes of `problem`, however few columns it has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choose, "EXACT_COLUMNS", 0)
        return solve(problem, solver="exact")


@settings(max_examples=60, deadline=None)
@given(problem=medium)
def test_a_thorough_search_reaches_and_proves_the_same_in_every_tier(problem: Problem) -> None:
    """What it tries first and where it splits decides how soon it ends, not with what."""
    plan, plain = thorough(problem), solve(problem, solver="exact")
    assert plan.tiers == plain.tiers
    assert plan.status == plain.status
    assert check(problem, plan) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_contested_problem_is_proven_by_a_thorough_search(seed: int) -> None:
    """Many strict requests want more than there is: the value is proven, and what comes after."""
    problem = make(Size(3000, 60, load=1.2), seed)
    plan = thorough(problem)
    assert [t.value for t in plan.tiers] == [t.value for t in solve(problem, solver="exact").tiers]
    assert plan.status == Status.OPTIMAL
    assert check(problem, plan) == []


@pytest.mark.parametrize(
    ("solver", "columns", "weighed", "is_so"),
    [
        ("exact", choose.EXACT_COLUMNS + 1, False, True),
        ("exact", choose.EXACT_COLUMNS, False, False),
        ("exact", choose.EXACT_COLUMNS + 1, True, False),
        ("scaled", choose.EXACT_COLUMNS + 1, False, False),
    ],
)
def test_large_models_are_searched_thoroughly_where_the_best_is_asked_for(
    solver: str, columns: int, weighed: bool, is_so: bool
) -> None:
    """Neither small ones, nor those that weigh runs, nor where near the best is enough."""
    assert choose.thorough(solver, columns, weighed=weighed) is is_so

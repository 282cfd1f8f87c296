# SPDX-License-Identifier: LGPL-2.1-or-later
"""The engine against a second solver, and on the instances that it is measured by."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.engine import PHASES, measure
from benchmarks.instance import Size, make
from models import Status
from planner.plan import check
from planner.problem import merge
from planner.problem.validity import validate
from planner.solvers import solve
from tests.instances import instance

sizes = st.builds(
    Size,
    runs=st.integers(1, 400),
    slots=st.integers(2, 40),
    load=st.sampled_from([0.5, 0.85, 1.2, 5.0]),
    distinct=st.booleans(),
)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), requests=st.integers(20, 60), slots=st.integers(2, 10))
def test_exact_and_cpsat_agree_in_every_tier(seed: int, requests: int, slots: int) -> None:
    """Two solvers of different kinds, one model of all rules: the same optimum, tier by tier."""
    problem = instance(seed, requests=requests, slots=slots, most_runs=4)
    exact, cpsat = solve(problem, solver="exact"), solve(problem, solver="cpsat")
    assert exact.status is Status.OPTIMAL
    if cpsat.status is Status.OPTIMAL:
        assert [t.value for t in exact.tiers] == [t.value for t in cpsat.tiers]


@settings(max_examples=25, deadline=None)
@given(size=sizes, seed=st.integers(0, 1000))
def test_made_problems_fit_together_and_are_solved_to_the_end(size: Size, seed: int) -> None:
    """What is measured is a problem like any other, with as many runs as were asked for."""
    problem = make(size, seed)
    validate(problem)
    assert problem.runs == size.runs
    plan = solve(problem, solver="exact")
    assert check(problem, plan) == []
    assert plan.status is Status.OPTIMAL


def test_a_seed_makes_one_problem_and_another_seed_another() -> None:
    """Figures can be measured again: the same seed gives the same columns."""
    size = Size(runs=200, slots=20)
    assert make(size, 1).digest == make(size, 1).digest
    assert make(size, 1).digest != make(size, 2).digest


def test_distinct_requests_share_no_class() -> None:
    """Every request is a class of its own, so that merging cannot help."""
    problem = make(Size(runs=300, slots=20, distinct=True), 1)
    alike = make(Size(runs=300, slots=20), 1)
    assert len(merge(problem)) > 0.9 * problem.requests
    assert len(merge(alike)) < 0.5 * alike.requests


def test_more_is_wanted_than_there_is_where_the_load_says_so() -> None:
    """At a load far above one, much of what is wanted waits."""
    heavy = make(Size(runs=300, slots=20, load=5.0), 1)
    assert solve(heavy).placed < 0.5 * heavy.runs


@pytest.mark.parametrize("solver", [None, "scaled", "greedy"])
def test_a_measurement_says_what_the_independent_check_found(solver: str | None) -> None:
    """Phases, tiers and gap of a verified plan, in the shape that other programs read."""
    times = iter(range(1000))
    found = measure(Size(runs=100, slots=10), 1, solver, lambda: float(next(times)))
    assert found["verified"]
    assert list(found["seconds"]) == ["total", *PHASES]
    assert {"name", "value", "bound"} == set(found["tiers"][0])
    assert found["solver"] == (solver or "exact")
    assert (found["runs"], found["slots"]) == (100, 10)
    assert found["gap"] == 0 or found["status"] == "feasible"


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_scaled_is_never_better_than_exact(seed: int) -> None:
    """Rounding gives a whole plan within the bound, and says how far from it."""
    problem = make(Size(runs=150, slots=10, load=1.2), seed)
    exact, scaled = solve(problem, solver="exact"), solve(problem, solver="scaled")
    assert check(problem, scaled) == []
    assert scaled.tiers[0].value <= exact.tiers[0].value <= scaled.tiers[0].bound
    again = solve(dataclasses.replace(problem), solver="scaled")
    assert again.id == scaled.id

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every solver's plan must keep, and what the exact one must reach."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Status
from planner.plan import check
from planner.plan.proof import Leaf
from planner.problem import PERMISSIVE, STRICT, Problem, Room
from planner.solvers import SOLVERS, solve
from tests.instances import every_choice, instance, medium, score, small


@pytest.mark.parametrize("solver", sorted(SOLVERS))
@settings(max_examples=60, deadline=None)
@given(problem=medium, seed=st.integers(0, 3))
def test_every_plan_passes_the_checker(solver: str, problem: Problem, seed: int) -> None:
    """No solver breaks a rule, misstates a tier or claims more than its prices prove."""
    assert check(problem, solve(problem, solver=solver, seed=seed)) == []


@settings(max_examples=60, deadline=None)
@given(problem=small)
def test_exact_equals_brute_force_tier_by_tier(problem: Problem) -> None:
    """On problems small enough to try everything, exact finds the lexicographic optimum."""
    best = min(score(problem, choice) for choice in every_choice(problem))
    plan = solve(problem, solver="exact")
    assert plan.status is Status.OPTIMAL
    assert score(problem, plan.choice) == best


@settings(max_examples=40, deadline=None)
@given(problem=medium)
def test_strict_is_all_or_none_and_pairwise_different(problem: Problem) -> None:
    """A strict request has all its runs on different values, or none."""
    plan = solve(problem, solver="exact")
    for request in np.flatnonzero(problem.request_mode == STRICT):
        runs = plan.choice[problem.run_start[request] : problem.run_start[request + 1]]
        assert (runs >= 0).all() or (runs < 0).all()
        for attribute in range(5):
            if problem.request_variant[request] >> attribute & 1 and (runs >= 0).all():
                earlier = problem.used_value[
                    (problem.used_request == request) & (problem.used_attribute == attribute)
                ]
                values = [*problem.candidate_attribute[attribute][runs], *earlier]
                assert len(set(values)) == len(values)


@settings(max_examples=40, deadline=None)
@given(problem=medium)
def test_permissive_repeats_only_without_an_alternative(problem: Problem) -> None:
    """Where a run repeats a value, no candidate with a new value (in all attributes) has room."""
    plan = solve(problem, solver="exact")
    room = Room(problem)
    placed = np.flatnonzero(plan.choice >= 0)
    pairs = [(int(problem.run_request[r]), int(plan.choice[r])) for r in placed]
    room.take_all(pairs)
    for request in np.flatnonzero(problem.request_mode == PERMISSIVE):
        bits = int(problem.request_variant[request])
        if bits & (bits - 1):
            continue
        attribute = bits.bit_length() - 1
        value = problem.candidate_attribute[attribute]
        runs = [c for r, c in pairs if r == request]
        earlier = problem.used_value[
            (problem.used_request == request) & (problem.used_attribute == attribute)
        ]
        taken = [*value[runs], *earlier]
        for candidate in runs:
            if list(taken).count(value[candidate]) < 2:
                continue
            room.give_back(int(request), candidate)
            for other in problem.candidates(int(request)):
                if value[other] not in taken:
                    assert room.blocking(int(request), other) is not None
            room.take(int(request), candidate)


@settings(max_examples=25, deadline=None)
@given(problem=medium, seed=st.integers(0, 5))
def test_the_same_problem_twice_is_the_same_plan(problem: Problem, seed: int) -> None:
    """Same problem, solver and seed: the same choice, run by run."""
    for solver in SOLVERS:
        first = solve(problem, solver=solver, seed=seed)
        again = solve(dataclasses.replace(problem), solver=solver, seed=seed)
        assert np.array_equal(first.choice, again.choice)
        assert first.id == again.id


@settings(max_examples=25, deadline=None)
@given(problem=medium, more=st.integers(1, 3))
def test_more_capacity_never_lowers_the_top_tier(problem: Problem, more: int) -> None:
    """Raising every ceiling never makes the best value smaller."""
    roomier = dataclasses.replace(problem, ceiling_limit=problem.ceiling_limit + more)
    assert solve(roomier).tiers[0].value >= solve(problem).tiers[0].value


@settings(max_examples=25, deadline=None)
@given(problem=medium)
def test_renaming_changes_no_tier(problem: Problem) -> None:
    """Names are names: other labels give the same tiers."""
    labels: dict[str, Sequence[str]] = {
        key: tuple(f"x-{name}" for name in names) for key, names in problem.labels.items()
    }
    renamed = solve(dataclasses.replace(problem, labels=labels))
    assert [t.value for t in renamed.tiers] == [t.value for t in solve(problem).tiers]


@pytest.mark.parametrize("seed", range(5))
def test_a_tampered_certificate_is_refused(seed: int) -> None:
    """Prices that were changed prove another gap, and a raised value is no value at all."""
    problem = instance(seed, requests=12, slots=4)
    plan = solve(problem)
    assert isinstance(plan.proof, Leaf)
    cheaper = Leaf(tuple(prices * 0.5 for prices in plan.proof.prices))
    if any(p.any() for p in plan.proof.prices):
        assert check(problem, dataclasses.replace(plan, proof=cheaper))
    better = plan.tiers[0].model_copy(update={"value": plan.tiers[0].value + 1})
    assert check(problem, dataclasses.replace(plan, tiers=(better, *plan.tiers[1:])))

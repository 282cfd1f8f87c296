# SPDX-License-Identifier: LGPL-2.1-or-later
"""Proofs: what they prove, with whatever prices, and that others are refused."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models import Status
from planner.plan import Plan, check
from planner.plan.bound import Bounds
from planner.plan.proof import Leaf, Proof, Split, leaves, sums
from planner.problem import PERMISSIVE, STRICT, Problem
from planner.rules import GOALS, RULES
from planner.rules.model import LinearModel, Reached
from planner.solvers import solve
from planner.solvers.certify import Certifier
from planner.solvers.corner import Relaxation
from tests.instances import instance, medium, small
from tests.rules.facts import Wish, facts

BOARDS = ("lab/one", "lab/two", "lab/three")


def contested() -> Problem:
    """Return a problem whose relaxation is broken: three runs' room for pairs and triples."""
    pair = Wish(BOARDS, number=2, mode=STRICT, variant=("device_type",), value=21)
    triple = Wish(BOARDS, number=3, mode=STRICT, variant=("device_type",), value=20)
    single = Wish(BOARDS, value=5, mode=PERMISSIVE, variant=("device_type",))
    ceilings = {board: {100: 2} for board in BOARDS} | {BOARDS[0]: {100: 1}}
    return facts(pair, pair, triple, triple, single, ceilings=ceilings)


def reached(problem: Problem, plan: Plan, model: LinearModel) -> list[Reached]:
    """Return what the plan reaches in each tier."""
    return [
        Reached(
            GOALS[tier].costs(model.columns),
            GOALS[tier].maximise,
            GOALS[tier].measure(problem, plan.choice),
        )
        for tier in problem.tiers
    ]


def changed(proof: Proof, change: Callable[[Leaf], Leaf]) -> Proof:
    """Return the proof with every leaf changed."""
    if isinstance(proof, Leaf):
        return change(proof)
    return dataclasses.replace(
        proof, below=changed(proof.below, change), above=changed(proof.above, change)
    )


def test_a_broken_relaxation_is_split_and_proven() -> None:
    """The proof is a tree, and the checker finds the plan at its bound in every tier."""
    problem = contested()
    plan = solve(problem, solver="exact")
    assert isinstance(plan.proof, Split)
    assert (plan.status, plan.gap) == (Status.OPTIMAL, 0)
    assert [tier.value for tier in plan.tiers] == [tier.bound for tier in plan.tiers]
    assert check(problem, plan) == []


@settings(max_examples=40, deadline=None)
@given(problem=medium)
@example(problem=instance(2425, requests=8, slots=8, tight=False))  # a dive that was taken for best
def test_exact_is_proven_by_its_prices_alone(problem: Problem) -> None:
    """Nothing of the search has to be believed: prices put every tier at its bound."""
    plan = solve(problem, solver="exact")
    model = LinearModel.of(problem, RULES, GOALS)
    tiers = reached(problem, plan, model)
    assert Bounds(model).each(plan.proof, tiers) == [tier.value for tier in tiers]


@settings(max_examples=60, deadline=None)
@given(problem=small, seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([0.0, 1.0, 1e3]))
def test_no_prices_prove_a_bound_that_a_plan_beats(
    problem: Problem, seed: int, scale: float
) -> None:
    """Whatever the prices, the best plan is within the bound of the first tier."""
    best = solve(problem, solver="exact")
    model = LinearModel.of(problem, RULES, GOALS)
    tiers = reached(problem, best, model)
    draw = np.random.default_rng(seed)
    rows = len(model.lower)
    proof = Leaf(tuple(scale * draw.normal(size=rows + k) for k in range(len(tiers))))
    for tier, bound in zip(tiers, Bounds(model).each(proof, tiers), strict=True):
        assert (tier.value <= bound) if tier.maximise else (tier.value >= bound)


TAMPERED: dict[str, Callable[[Leaf], Leaf]] = {
    "cheaper": lambda leaf: Leaf(tuple(prices * 0.5 for prices in leaf.prices)),
    "none": lambda leaf: Leaf(()),
    "too few": lambda leaf: Leaf(tuple(prices[:-1] for prices in leaf.prices)),
    "not a number": lambda leaf: Leaf(tuple(prices * np.nan for prices in leaf.prices)),
    "only the first tier": lambda leaf: Leaf(leaf.prices[:1]),
}


@pytest.mark.parametrize("name", TAMPERED)
@pytest.mark.parametrize("problem", [contested(), instance(3, 15, 5)], ids=["split", "leaf"])
def test_a_tampered_proof_is_refused(problem: Problem, name: str) -> None:
    """Prices that were changed, left out or spoilt do not prove what the plan says."""
    plan = solve(problem, solver="exact")
    tampered = dataclasses.replace(plan, proof=changed(plan.proof, TAMPERED[name]))
    assert "certificate" in {violation.rule for violation in check(problem, tampered)}


def test_a_proof_that_leaves_a_part_out_is_refused() -> None:
    """Both parts of a split count: with one of them twice, some plans are in neither."""
    problem = contested()
    plan = solve(problem, solver="exact")
    assert isinstance(plan.proof, Split)
    halves = [
        dataclasses.replace(plan, proof=part) for part in (plan.proof.below, plan.proof.above)
    ]
    assert all(check(problem, half) for half in halves)


def test_leaves_have_the_sides_of_all_splits_above_them() -> None:
    """From the root outwards: at most below, at least one more above."""
    inner = Split((1, 2), 7, Leaf(()), Leaf(()))
    boxes = [box for _, box in leaves(Split((0,), 3, Leaf(()), inner))]
    assert boxes == [
        (((0,), None, 3),),
        (((0,), 4, None), ((1, 2), None, 7)),
        (((0,), 4, None), ((1, 2), 8, None)),
    ]


def test_a_box_that_nobody_looked_into_has_a_leaf() -> None:
    """A sum of its own has no row in the solver's program until then; its price is nothing."""
    problem = contested()
    model = LinearModel.of(problem, RULES, GOALS)
    signs = [-1.0 if GOALS[tier].maximise else 1.0 for tier in problem.tiers]
    costs = [
        sign * GOALS[tier].costs(model.columns).astype(np.float64)
        for sign, tier in zip(signs, problem.tiers, strict=True)
    ]
    relaxation = Relaxation(model, costs)
    corner = relaxation.corner((), relaxation.start(), lambda *_: False)
    assert corner is not None
    tiers = reached(problem, solve(problem, solver="exact"), model)
    certifier = Certifier(relaxation, Bounds(model), tiers, corner.prices)
    whole, part = certifier.leaf((), corner), certifier.leaf((((0, 1), None, 1),), corner)
    assert [len(prices) + 1 for prices in whole.prices] == [len(prices) for prices in part.prices]
    assert certifier.found[0] == certifier.found[1]


def test_sums_keep_their_narrowest_limits() -> None:
    """Sides of several columns fold into one row for each sum; single columns are no sums."""
    box = (((0,), 4, None), ((1, 2), None, 9), ((1, 2), None, 7), ((1, 2), 3, None))
    assert sums(box) == {(1, 2): (3, 7)}

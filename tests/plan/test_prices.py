# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prices by rule and place: what they promise, against solving with one more place."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Price, Tier
from planner.plan import explain, prices
from planner.problem import Problem
from planner.solvers import solve
from tests.instances import instance
from tests.plan.plans import planned, solved
from tests.rules.facts import Wish, facts

WAITING = facts(Wish(("lab/a",), number=2, value=70), ceilings={"lab/a": {100: 1}})


def test_a_place_that_one_more_run_wants() -> None:
    """It is worth that run; a place that nobody waits for has no price."""
    problem = facts(
        Wish(("lab/a",), number=2, value=70),
        Wish(("lab/b",), value=70),
        ceilings={"lab/a": {100: 1}, "lab/b": {100: 1}},
    )
    found = Price(rule="slot_ceiling", runtime="lab", device_type="a", tier=Tier.VALUE, worth=70.0)
    assert prices(problem, solve(problem)) == (found,)
    assert found.place == "lab/a"


def test_a_whole_runtime() -> None:
    """A total has a price for the runtime, not for a slot."""
    problem = facts(Wish(("lab/a", "lab/b"), number=3, value=50), totals={"lab": 1})
    (found,) = prices(problem, solve(problem))
    assert (found.rule, found.place, found.worth) == ("runtime_total", "lab", 50.0)


def test_a_place_that_only_ends_sooner() -> None:
    """Where every run is placed, one more place at a quick lab betters a later tier."""
    problem = facts(
        Wish(("quick/a", "slow/a"), number=2),
        ceilings={"quick/a": {100: 1}},
        steps={"slow/a": [(1_000_000_000, 300)]},
    )
    (found,) = prices(problem, solve(problem))
    assert (found.place, found.tier, found.worth) == ("quick/a", Tier.COMPLETION, 300.0)


def test_levels_of_one_slot_are_one_place() -> None:
    """One more place there is one more at every priority."""
    problem = facts(
        Wish(("lab/a",), number=2, value=70, priority=20),
        Wish(("lab/a",), number=2, value=90, priority=60),
        ceilings={"lab/a": {20: 1, 60: 2}},
    )
    (found,) = prices(problem, solve(problem))
    assert found.worth == 90.0


def test_a_plan_without_prices() -> None:
    """Who proves nothing prices nothing."""
    assert prices(WAITING, planned(WAITING, "lab/a", None)) == ()


def test_the_document_has_them_and_why_tells_them() -> None:
    """The dearest first in the plan; in an explanation beside the limit that is in the way."""
    (price,) = solved(WAITING).prices
    plan = solve(WAITING)
    waiting = explain(WAITING, plan, "r0-1" if plan.choice[1] < 0 else "r0-0")
    (candidate,) = waiting.candidates
    assert candidate.price == price


def wider(problem: Problem, price: Price | None, slot: int) -> Problem:
    """Return the problem with one more place at `slot`, or where `price` says."""
    if price is not None and price.rule == "runtime_total":
        runtime = problem.labels["runtime"].index(price.runtime)
        more = problem.total_limit + (problem.total_runtime == runtime)
        return dataclasses.replace(problem, total_limit=more)
    more = problem.ceiling_limit + (problem.ceiling_slot == slot)
    return dataclasses.replace(problem, ceiling_limit=more)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), requests=st.integers(1, 12), slots=st.integers(1, 5))
def test_no_place_brings_more_than_its_price(seed: int, requests: int, slots: int) -> None:
    """Solved with one more place at a slot, the first tier gains no more than that was priced."""
    problem = instance(seed, requests=requests, slots=slots)
    problem = dataclasses.replace(problem, slot_device_type=np.arange(slots))
    plan = solve(problem)
    if plan.gap:
        return
    worth = {
        (p.runtime, p.device_type): p.worth
        for p in prices(problem, plan)
        if p.rule == "slot_ceiling" and p.tier == plan.tiers[0].name
    }
    for slot in range(slots):
        runtime = problem.labels["runtime"][problem.slot_runtime[slot]]
        more = solve(wider(problem, None, slot)).tiers[0].value
        priced = worth.get((runtime, problem.labels["device_type"][slot]), 0.0)
        assert more - plan.tiers[0].value <= priced + 1e-3


@pytest.mark.parametrize("seed", range(20))
def test_totals_bring_no_more_than_their_price(seed: int) -> None:
    """Likewise for what a whole runtime takes."""
    problem = instance(seed, requests=12, slots=6, tight=False)
    plan = solve(problem)
    for price in prices(problem, plan):
        if price.rule == "runtime_total" and price.tier == plan.tiers[0].name:
            more = solve(wider(problem, price, 0)).tiers[0].value
            assert more - plan.tiers[0].value <= price.worth + 1e-3

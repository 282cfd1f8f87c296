# SPDX-License-Identifier: LGPL-2.1-or-later
"""Solving by kind: requests that differ only in what they take trade places at the end."""

import dataclasses
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.instance import Size, make
from models import Status
from planner.plan import check
from planner.problem import PERMISSIVE, Problem, kinds
from planner.problem.problem import Ints
from planner.rules import RULES
from planner.solvers import AUTO, solve
from planner.solvers.choose import grain
from planner.solvers.settle import settle
from tests.rules.facts import Wish, facts

PLACES = ("lab-a/rk3399", "lab-b/juno", "lab-c/x15")
# Requests of two runs each, and what a run of each request takes on each place.
durations = st.lists(st.tuples(*[st.integers(1, 9)] * len(PLACES)), min_size=1, max_size=5)


def _kind(taken: list[tuple[int, ...]]) -> Problem:
    """Return a problem of one kind: each request takes something else on each place."""
    wish = Wish(PLACES, number=2, mode=PERMISSIVE, variant=("runtime",))
    problem = facts(*[wish] * len(taken))
    flat = np.array(taken, dtype=np.int64).reshape(-1)
    return dataclasses.replace(problem, candidate_duration=flat)


def _patterns(problem: Problem, choice: Ints) -> list[tuple[int, ...]]:
    offset = np.where(choice < 0, -1, choice % len(PLACES)).reshape(-1, 2)
    return sorted(map(tuple, offset.tolist()))


def _seconds(problem: Problem, choice: Ints) -> int:
    return int(problem.candidate_duration[choice[choice >= 0]].sum())


@settings(max_examples=60, deadline=None)
@given(taken=durations, data=st.data())
def test_settling_hands_the_same_places_to_others(
    taken: list[tuple[int, ...]], data: st.DataObject
) -> None:
    """Each pattern of places has one owner as before, and the runs take no longer than before."""
    problem = _kind(taken)
    one = st.sampled_from((-1, *range(len(PLACES))))
    drawn = data.draw(st.lists(one, min_size=2 * len(taken), max_size=2 * len(taken)))
    menu = np.repeat(np.arange(len(taken)), 2) * len(PLACES)
    choice = np.where(np.array(drawn) < 0, -1, menu + np.array(drawn))
    settled = settle(problem, kinds(problem), choice)
    assert RULES[0].check(problem, settled) == []
    assert _patterns(problem, settled) == _patterns(problem, choice)
    assert _seconds(problem, settled) <= _seconds(problem, choice)


@settings(max_examples=60, deadline=None)
@given(taken=durations, data=st.data())
def test_two_patterns_are_settled_for_the_best(
    taken: list[tuple[int, ...]], data: st.DataObject
) -> None:
    """With two patterns in a kind no other way to hand them out takes less."""
    problem = _kind(taken)
    patterns = data.draw(
        st.lists(st.sampled_from([(0, 1), (-1, 2)]), min_size=len(taken), max_size=len(taken))
    )

    def handed(given: tuple[tuple[int, int], ...]) -> Ints:
        menu = np.arange(len(taken))[:, None] * len(PLACES)
        offset = np.array(given, dtype=np.int64)
        return np.asarray(np.where(offset < 0, -1, menu + offset).reshape(-1))

    settled = settle(problem, kinds(problem), handed(tuple(patterns)))
    best = min(_seconds(problem, handed(way)) for way in set(permutations(patterns)))
    assert _seconds(problem, settled) == best


@pytest.mark.parametrize("seed", range(3))
def test_kinds_reach_what_classes_reach(seed: int) -> None:
    """Value and diversity do not depend on durations: the optimum of the kinds is the optimum."""
    problem = make(Size(runs=5000, slots=200, load=1.2, distinct=True), seed)
    plan = solve(problem, solver=AUTO)
    assert plan.kinds
    assert plan.status is not Status.DEGRADED
    assert check(problem, plan) == []
    assert "by kind" in " ".join(plan.notes)
    assert plan.tiers[0].value == plan.tiers[0].bound
    assert plan.tiers[1].value == plan.tiers[1].bound


def test_prices_of_kinds_are_no_prices_of_classes() -> None:
    """A proof about kinds that claims to be one about classes does not go with the rows."""
    problem = make(Size(runs=5000, slots=200, distinct=True), 1)
    plan = dataclasses.replace(solve(problem, solver=AUTO), kinds=False)
    assert [v.rule for v in check(problem, plan)] == ["certificate"]


def test_an_exact_plan_is_about_classes() -> None:
    """Who asks for the optimum gets every class, however many there are."""
    problem = make(Size(runs=5000, slots=200, distinct=True), 1)
    assert grain(problem, "exact")[0].alike
    assert not grain(problem, "scaled")[0].alike

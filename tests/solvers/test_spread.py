# SPDX-License-Identifier: LGPL-2.1-or-later
"""Wrapping around: from counts for classes to a place for each run."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.problem import PERMISSIVE, STRICT, merge
from planner.rules import GOALS, RULES, Columns
from planner.solvers.spread import spread
from tests.rules.facts import Wish, facts

PLACES = tuple(f"lab-{i % 2}/board{i}" for i in range(5))
counts = st.lists(st.integers(0, 6), min_size=len(PLACES), max_size=len(PLACES))


@settings(max_examples=60, deadline=None)
@given(counts=counts, members=st.integers(1, 5), number=st.integers(1, 4))
def test_permissive_requests_repeat_exactly_the_excess(
    counts: list[int], members: int, number: int
) -> None:
    """As docs/classes.md proves: the sum over values of what goes beyond one run a request."""
    wish = Wish(PLACES, number=number, mode=PERMISSIVE, variant=("runtime",))
    problem = facts(*[wish] * members)
    columns = Columns.over(problem, merge(problem))
    solution = np.zeros(columns.size, dtype=np.int64)
    left = members * number
    for place, count in enumerate(counts):
        solution[place] = min(count, left)
        left -= solution[place]
    choice = spread(columns, solution)
    assert not any(rule.check(problem, choice) for rule in RULES)
    took = np.bincount(problem.candidate_slot[choice[choice >= 0]], minlength=len(PLACES))
    assert np.array_equal(took, solution[: len(PLACES)])
    by_lab = [solution[0:5:2].sum(), solution[1:5:2].sum()]
    excess = sum(max(0, int(runs) - members) for runs in by_lab)
    assert GOALS[problem.tiers[1]].measure(problem, choice) == excess


@settings(max_examples=60, deadline=None)
@given(data=st.data(), members=st.integers(1, 5), number=st.integers(1, 5))
def test_strict_requests_are_complete_and_different(
    data: st.DataObject, members: int, number: int
) -> None:
    """With values within the complete requests, exactly so many are placed, all different."""
    problem = facts(*[Wish(PLACES, number=number, mode=STRICT, variant=("platform",))] * members)
    columns = Columns.over(problem, merge(problem))
    complete = data.draw(st.integers(0, members))
    solution = np.zeros(columns.size, dtype=np.int64)
    solution[columns.complete_at] = complete
    for _ in range(number * complete):
        open_ = [p for p in range(len(PLACES)) if solution[p] < complete]
        solution[data.draw(st.sampled_from(open_))] += 1
    choice = spread(columns, solution)
    assert not any(rule.check(problem, choice) for rule in RULES)
    assert int((choice >= 0).sum()) == number * complete


def test_the_first_requests_of_a_class_are_served() -> None:
    """Who came first is placed first: of three alike with room for two, the last one waits."""
    problem = facts(*[Wish(PLACES[:1])] * 3)
    columns = Columns.over(problem, merge(problem))
    solution = np.zeros(columns.size, dtype=np.int64)
    solution[0] = 2
    assert list(spread(columns, solution) >= 0) == [True, True, False]

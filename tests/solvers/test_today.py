# SPDX-License-Identifier: LGPL-2.1-or-later
"""Today's policy: one event at a time, a random lab, and a full queue drops the run."""

import numpy as np

from planner.problem import STRICT
from planner.solvers.today import solve_today
from tests.instances import instance
from tests.rules.facts import Wish, choose, facts

HERE, THERE = "lab-a/juno", "lab-b/juno"


def test_a_full_queue_drops_the_run_though_another_lab_has_room() -> None:
    """Only what was drawn is asked: with one full lab of two, some of many runs are dropped."""
    problem = facts(*[Wish((HERE, THERE))] * 40, ceilings={HERE: {100: 0}})
    placed = int((solve_today(problem, seed=0) >= 0).sum())
    assert 0 < placed < 40


def test_first_come_first_served_whatever_it_is_worth() -> None:
    """The first request of the batch gets the only place."""
    problem = facts(Wish((HERE,), value=1), Wish((HERE,), value=99), ceilings={HERE: {100: 1}})
    assert np.array_equal(solve_today(problem, seed=0), choose(problem, HERE, None))


def test_a_high_priority_run_fills_the_queue_for_low_ones() -> None:
    """The present scheduler counts every waiting job against the limit for the next one."""
    problem = facts(
        Wish((HERE,), priority=60), Wish((HERE,), priority=20), ceilings={HERE: {20: 1, 60: 2}}
    )
    assert np.array_equal(solve_today(problem, seed=0), choose(problem, HERE, None))


def test_a_strict_request_is_dropped_whole() -> None:
    """Two labs are wanted and one is full: the other gets nothing either."""
    wish = Wish((HERE, THERE), number=2, mode=STRICT, variant=("runtime",))
    problem = facts(wish, ceilings={THERE: {100: 0}})
    assert np.array_equal(solve_today(problem, seed=0), choose(problem, None, None))


def test_the_draw_is_that_of_the_seed() -> None:
    """The same seed draws the same labs, another one others."""
    problem = instance(7, requests=40, slots=8, tight=False)
    first, again, other = (solve_today(problem, seed=s) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The greedy solver: worth first, each run where it repeats least and ends first."""

import numpy as np

from planner.problem import PERMISSIVE, STRICT, UNLIMITED
from planner.solvers.greedy import solve_greedy
from tests.rules.facts import Wish, choose, facts, stale

HERE, THERE = "lab-a/rk3399", "lab-b/juno"


def test_the_most_valuable_request_comes_first() -> None:
    """One place and two wishes: the later and worthier one gets it."""
    problem = facts(Wish((HERE,), value=10), Wish((HERE,), value=20), ceilings={HERE: {100: 1}})
    assert np.array_equal(solve_greedy(problem), choose(problem, None, HERE))


def test_a_run_goes_where_it_ends_first() -> None:
    """The second run finds the first one's queue longer than the other lab's."""
    steps = {HERE: [(1, 0), (UNLIMITED, 600)], THERE: [(UNLIMITED, 300)]}
    problem = facts(Wish((HERE, THERE), number=2), steps=steps)
    assert np.array_equal(solve_greedy(problem), choose(problem, HERE, THERE))


def test_permissive_runs_differ_before_they_repeat() -> None:
    """A new value goes before a shorter queue; then the queue decides."""
    steps = {THERE: [(UNLIMITED, 9000)]}
    wish = Wish((HERE, THERE), number=3, mode=PERMISSIVE, variant=("device_type",))
    problem = facts(wish, steps=steps)
    assert np.array_equal(solve_greedy(problem), choose(problem, HERE, THERE, HERE))


def test_a_strict_request_that_does_not_fit_gives_everything_back() -> None:
    """Its first run takes no place that another request could have."""
    strict = Wish((HERE, THERE), number=2, mode=STRICT, variant=("runtime",), value=200)
    problem = facts(strict, Wish((HERE,)), ceilings={HERE: {100: 1}, THERE: {100: 0}})
    assert np.array_equal(solve_greedy(problem), choose(problem, None, None, HERE))


def test_values_of_runs_sent_earlier_are_taken() -> None:
    """A strict run avoids what an earlier cycle used."""
    wish = Wish((HERE, THERE), mode=STRICT, variant=("device_type",), earlier=(HERE,))
    problem = facts(wish)
    assert np.array_equal(solve_greedy(problem), choose(problem, THERE))


def test_what_is_stale_goes_before_a_shorter_queue_and_once_only() -> None:
    """The first run goes to the stale board, the second one where it ends first."""
    steps = {THERE: [(UNLIMITED, 9000)]}
    problem = stale(facts(Wish((HERE, THERE), number=2), steps=steps), {(1, "juno"): 3})
    assert np.array_equal(solve_greedy(problem), choose(problem, THERE, HERE))


def test_what_is_given_back_is_stale_again() -> None:
    """A strict request that does not fit makes nothing fresh."""
    strict = Wish((HERE, THERE), number=3, mode=STRICT, variant=("device_type",), value=200)
    problem = stale(facts(strict, Wish((HERE, THERE))), {(1, "juno"): 3})
    assert np.array_equal(solve_greedy(problem), choose(problem, None, None, None, THERE))

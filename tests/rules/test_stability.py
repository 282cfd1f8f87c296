# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal `stability`, alone: which runs stay where the last plan had them."""

from hypothesis import given

from models import Tier
from planner.rules.stability import Stability
from tests.rules.facts import Wish, after, choose, facts
from tests.rules.lifted import adds_up, drawn, seeds

GOAL = Stability()
PLACES = ("lab-a/rk3399", "lab-b/rk3399", "lab-b/juno")


def test_a_run_that_stays_counts() -> None:
    """Two runs had places; one has its own again."""
    problem = facts(Wish(PLACES), Wish(PLACES))
    known = after(problem, "lab-a/rk3399", "lab-b/juno")
    assert GOAL.maximise
    assert GOAL.measure(known, choose(problem, "lab-a/rk3399", "lab-b/rk3399")) == 1


def test_the_same_board_in_another_lab_is_another_place() -> None:
    """A run moves if its runtime, its platform or its context is another."""
    problem = facts(Wish(PLACES))
    assert GOAL.measure(after(problem, "lab-a/rk3399"), choose(problem, "lab-b/rk3399")) == 0


def test_a_run_that_waited_moves_nowhere() -> None:
    """What had no place cannot stay, and what has none now did not."""
    problem = facts(Wish(PLACES), Wish(PLACES))
    known = after(problem, None, "lab-b/juno")
    assert GOAL.measure(known, choose(problem, "lab-b/juno", None)) == 0


def test_without_a_last_plan_there_is_no_such_tier() -> None:
    """Nothing to stay where it was: plans are compared as if there were no such goal."""
    problem = facts(Wish(PLACES))
    assert Tier.STABILITY in problem.policy.tiers
    assert Tier.STABILITY not in problem.tiers
    assert Tier.STABILITY in after(problem, "lab-b/juno").tiers


@given(seeds)
def test_the_costs_say_what_is_measured(seeds: tuple[int, int]) -> None:
    """What the solver adds up, over homes that its rows admit, is what is measured."""
    assert adds_up(GOAL, *drawn(seeds))

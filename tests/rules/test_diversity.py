# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal `diversity`, alone: what permissive requests repeat."""

from hypothesis import given

from planner.problem import PERMISSIVE, STRICT
from planner.rules.diversity import Diversity
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import adds_up, drawn, seeds

GOAL = Diversity()
PLACES = ("lab-a/rk3399", "lab-b/rk3399", "lab-b/juno")


def permissive(number: int, *variant: str, earlier: tuple[str, ...] = ()) -> Wish:
    """Return a permissive wish for all of `PLACES`."""
    return Wish(PLACES, number=number, mode=PERMISSIVE, variant=variant, earlier=earlier)


def test_different_values_repeat_nothing() -> None:
    """Two device types for two runs."""
    problem = facts(permissive(2, "device_type"))
    assert not GOAL.maximise
    assert GOAL.measure(problem, choose(problem, "lab-a/rk3399", "lab-b/juno")) == 0


def test_each_run_beyond_the_first_on_a_value_is_one_repeat() -> None:
    """Three runs on one device type, in whatever lab, are two repeats."""
    problem = facts(permissive(3, "device_type"))
    choice = choose(problem, "lab-a/rk3399", "lab-b/rk3399", "lab-a/rk3399")
    assert GOAL.measure(problem, choice) == 2


def test_runs_sent_earlier_count() -> None:
    """The value that an earlier cycle took is repeated by the first run there."""
    problem = facts(permissive(1, "device_type", earlier=("lab-a/rk3399",)))
    assert GOAL.measure(problem, choose(problem, "lab-b/rk3399")) == 1
    assert GOAL.measure(problem, choose(problem, "lab-b/juno")) == 0


def test_attributes_add_up() -> None:
    """Two runs on one board of one lab repeat both its device type and its runtime."""
    problem = facts(permissive(2, "device_type", "runtime"))
    assert GOAL.measure(problem, choose(problem, "lab-b/juno", "lab-b/juno")) == 2
    assert GOAL.measure(problem, choose(problem, "lab-b/rk3399", "lab-b/juno")) == 1


def test_requests_do_not_repeat_each_other() -> None:
    """Two requests on one device type repeat nothing."""
    problem = facts(permissive(1, "device_type"), permissive(1, "device_type"))
    assert GOAL.measure(problem, choose(problem, "lab-b/juno", "lab-b/juno")) == 0


def test_other_modes_are_left_alone() -> None:
    """Neither strict requests nor those without a variant have repeats."""
    problem = facts(
        Wish(PLACES, number=2, mode=STRICT, variant=("device_type",)), Wish(PLACES, number=2)
    )
    assert GOAL.measure(problem, choose(problem, *["lab-b/juno"] * 4)) == 0


@given(seeds)
def test_the_costs_say_what_is_measured(seeds: tuple[int, int]) -> None:
    """What the solver adds up, over repeats that its rows admit, is what is measured."""
    assert adds_up(GOAL, *drawn(seeds))

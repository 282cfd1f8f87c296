# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `variant_strict`, alone."""

from hypothesis import given

from planner.problem import PERMISSIVE, STRICT
from planner.rules.variant_strict import VariantStrict
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, drawn, seeds

RULE = VariantStrict()
PLACES = ("lab-a/rk3399", "lab-b/rk3399", "lab-b/juno")


def strict(number: int, *variant: str, earlier: tuple[str, ...] = ()) -> Wish:
    """Return a strict wish for all of `PLACES`."""
    return Wish(PLACES, number=number, mode=STRICT, variant=variant, earlier=earlier)


def test_a_request_placed_in_part_is_a_violation() -> None:
    """Two runs are wanted, one is placed: that is neither all nor none."""
    problem = facts(strict(2, "device_type"))
    (violation,) = RULE.check(problem, choose(problem, "lab-b/juno", None))
    assert "1 of 2 runs of r0" in violation.text


def test_two_runs_on_one_value_are_a_violation() -> None:
    """The same device type in another lab is still the same value."""
    problem = facts(strict(2, "device_type"))
    (violation,) = RULE.check(problem, choose(problem, "lab-a/rk3399", "lab-b/rk3399"))
    assert violation.text == "r0 has two runs on device_type rk3399"


def test_a_run_sent_earlier_has_taken_its_value() -> None:
    """A run on the device type that an earlier cycle used already repeats it."""
    problem = facts(strict(1, "device_type", earlier=("lab-a/rk3399",)))
    assert len(RULE.check(problem, choose(problem, "lab-b/rk3399"))) == 1
    assert RULE.check(problem, choose(problem, "lab-b/juno")) == []


def test_every_attribute_must_differ() -> None:
    """Different device types in one lab keep the first attribute and break the second."""
    problem = facts(strict(2, "device_type", "runtime"))
    (violation,) = RULE.check(problem, choose(problem, "lab-b/rk3399", "lab-b/juno"))
    assert "runtime lab-b" in violation.text
    assert RULE.check(problem, choose(problem, "lab-a/rk3399", "lab-b/juno")) == []


def test_a_request_that_waits_as_a_whole_is_none() -> None:
    """None placed is the other half of all or none."""
    problem = facts(strict(2, "device_type"))
    assert RULE.check(problem, choose(problem, None, None)) == []


def test_permissive_requests_are_left_alone() -> None:
    """The rule speaks of strict requests only."""
    problem = facts(Wish(PLACES, number=2, mode=PERMISSIVE, variant=("device_type",)))
    assert RULE.check(problem, choose(problem, "lab-a/rk3399", "lab-a/rk3399")) == []


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `lab_share`, alone."""

from hypothesis import given

from planner.rules.lab_share import LabShare
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, drawn, seeds

RULE = LabShare()
PLACES = ("lab/rk3399", "lab/juno", "other/juno")
SHARED = facts(Wish(PLACES, number=3), shares={"lab": 2})


def test_all_device_types_of_the_lab_count() -> None:
    """A share that leaves two runs is broken by three, wherever in the lab they are."""
    (violation,) = RULE.check(SHARED, choose(SHARED, "lab/rk3399", "lab/juno", "lab/juno"))
    assert violation.rule == "lab_share"
    assert violation.text == "lab gets 3 runs and its contract leaves 2"


def test_other_labs_are_free() -> None:
    """What is sent elsewhere takes nothing of the share."""
    assert RULE.check(SHARED, choose(SHARED, "lab/rk3399", "lab/juno", "other/juno")) == []


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))

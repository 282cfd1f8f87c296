# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `lab_hours`, alone."""

from hypothesis import given

from planner.rules.lab_hours import LabHours
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, drawn, seeds

RULE = LabHours()
HERE, THERE = "lab/rk3399", "lab/juno"
CLOSING = facts(Wish((HERE, THERE), number=3, priority=80), hours={HERE: 1})


def test_what_would_start_in_closed_hours_is_one_violation() -> None:
    """Of two runs on a slot that can start one in time, one is too late, whatever its priority."""
    (violation,) = RULE.check(CLOSING, choose(CLOSING, HERE, HERE, THERE))
    assert violation.rule == "lab_hours"
    assert violation.text == "lab/rk3399 gets 2 runs and can start 1 before the lab closes"


def test_slots_have_queues_of_their_own() -> None:
    """Another device type of the same lab may start more in time."""
    assert RULE.check(CLOSING, choose(CLOSING, HERE, THERE, THERE)) == []


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))

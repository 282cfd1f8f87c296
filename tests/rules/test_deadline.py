# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `deadline`, alone."""

from hypothesis import given

from planner.rules.deadline import Deadline
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, drawn, seeds

RULE = Deadline()
HERE = "lab/rk3399"
# One run can start within a quarter of an hour, three within an hour.
QUEUE = facts(
    Wish((HERE,), number=2, slack=900),
    Wish((HERE, "lab/juno"), number=3, slack=3600),
    deadlines={HERE: {900: 1, 3600: 3}},
)


def test_more_urgent_runs_than_can_start_in_time_are_a_violation() -> None:
    """Two runs must start within 900 s and only one can."""
    (violation,) = RULE.check(QUEUE, choose(QUEUE, HERE, HERE, None, None, None))
    assert violation.rule == "deadline"
    assert "gets 2 runs that must start within 900 s and can start 1" in violation.text


def test_urgent_runs_count_against_the_deadlines_of_patient_ones() -> None:
    """One urgent and three patient runs are four that must start within the hour."""
    (violation,) = RULE.check(QUEUE, choose(QUEUE, HERE, None, HERE, HERE, HERE))
    assert "gets 4 runs that must start within 3600 s and can start 3" in violation.text


def test_patient_runs_do_not_count_against_urgent_ones() -> None:
    """Patient runs are served after the urgent one."""
    assert RULE.check(QUEUE, choose(QUEUE, HERE, None, HERE, HERE, None)) == []


def test_a_slot_without_limits_starts_everything() -> None:
    """Only slots that could be missed have rows."""
    assert RULE.check(QUEUE, choose(QUEUE, None, None, *["lab/juno"] * 3)) == []


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))

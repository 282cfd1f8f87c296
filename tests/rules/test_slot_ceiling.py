# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `slot_ceiling`, alone."""

from hypothesis import given

from planner.rules.slot_ceiling import SlotCeiling
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, drawn, seeds

RULE = SlotCeiling()
HERE = "lab/rk3399"
# Two of priority 20 or less; three once those of 60 are counted as well.
NESTED = facts(
    Wish((HERE, "lab/juno"), number=3, priority=20),
    Wish((HERE,), number=2, priority=60),
    ceilings={HERE: {20: 2, 60: 3}},
)


def test_each_level_that_is_exceeded_is_one_violation() -> None:
    """Three low and one high run break the limit for low ones and the limit for all."""
    violations = RULE.check(NESTED, choose(NESTED, HERE, HERE, HERE, HERE, None))
    assert [v.rule for v in violations] == ["slot_ceiling"] * 2
    assert "lab/rk3399 gets 3 runs of priority 20 or less and admits 2" in violations[0].text
    assert "gets 4 runs of priority 60 or less and admits 3" in violations[1].text


def test_high_priorities_do_not_count_against_the_ceiling_of_low_ones() -> None:
    """Two low and one high run fit: the low ceiling counts only the low runs."""
    assert RULE.check(NESTED, choose(NESTED, HERE, HERE, None, HERE, None)) == []


def test_low_priorities_count_against_the_ceiling_of_high_ones() -> None:
    """Two low runs leave one place for high ones, not three."""
    assert len(RULE.check(NESTED, choose(NESTED, HERE, HERE, None, HERE, HERE))) == 1


def test_other_slots_do_not_count() -> None:
    """The ceiling is for one device type in one runtime."""
    assert RULE.check(NESTED, choose(NESTED, "lab/juno", HERE, HERE, HERE, None)) == []


def test_a_ceiling_of_nothing_admits_nothing() -> None:
    """A slot whose ceiling is 0 is violated by its first run."""
    closed = facts(Wish((HERE,)), ceilings={HERE: {100: 0}})
    assert len(RULE.check(closed, choose(closed, HERE))) == 1


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `lab_quota`, alone."""

from hypothesis import given

from planner.rules.lab_quota import LabQuota
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, drawn, seeds

RULE = LabQuota()
PLACES = ("lab/rk3399", "lab/juno", "other/juno")
TREES = facts(
    Wish(PLACES, number=2, tree="android"),
    Wish(PLACES, number=2, tree="mainline"),
    quotas={("lab", "android"): 1},
)


def test_the_runs_of_the_tree_count_over_all_of_the_lab() -> None:
    """Two runs of the tree in the lab break a quota of one, on whatever boards."""
    choice = choose(TREES, "lab/rk3399", "lab/juno", None, None)
    (violation,) = RULE.check(TREES, choice)
    assert violation.rule == "lab_quota"
    assert violation.text == "lab gets 2 runs of tree android and its contract admits 1"


def test_other_trees_and_other_labs_do_not_count() -> None:
    """One run of the tree in the lab is within its quota, whatever else is sent anywhere."""
    choice = choose(TREES, "lab/rk3399", "other/juno", "lab/juno", "lab/juno")
    assert RULE.check(TREES, choice) == []


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))

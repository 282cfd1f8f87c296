# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `reserve`, alone."""

from dataclasses import replace

import numpy as np
from hypothesis import given

from planner.problem import Problem
from planner.rules.reserve import KeptFree
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, drawn, seeds

RULE = KeptFree()
HERE = "lab/rk3399"


def kept() -> Problem:
    """Return two ordinary runs and two of a human, on a slot with one place for ordinary ones."""
    problem = facts(Wish((HERE,), number=2), Wish((HERE,), number=2, tree="by hand"))
    return replace(
        problem,
        favoured_group=np.array([1]),
        reserve_slot=np.array([0]),
        reserve_priority=np.array([20]),
        reserve_limit=np.array([1]),
    )


def test_others_get_no_more_than_what_is_not_reserved() -> None:
    """The second ordinary run takes what is kept for somebody else."""
    problem = kept()
    (violation,) = RULE.check(problem, choose(problem, HERE, HERE, None, None))
    assert violation.rule == "reserve"
    assert violation.text.startswith("lab/rk3399 gets 2 runs of priority 20 or less")


def test_those_it_is_reserved_for_do_not_count() -> None:
    """A human's runs take all that the ceiling admits, and leave ordinary ones their place."""
    problem = kept()
    assert RULE.check(problem, choose(problem, HERE, None, HERE, HERE)) == []


def test_higher_priorities_than_the_row_counts_are_free_of_it() -> None:
    """As with ceilings, a row counts the runs of its priority or less."""
    problem = replace(kept(), reserve_priority=np.array([10]))
    assert RULE.check(problem, choose(problem, HERE, HERE, None, None)) == []


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal `value`, alone."""

from hypothesis import given

from planner.rules.value import Value
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import adds_up, drawn, seeds

GOAL = Value()
BOTH = facts(Wish(("lab/juno",), number=2, value=70), Wish(("lab/juno",), value=30))


def test_placed_runs_are_worth_their_request() -> None:
    """One run of 70 and one of 30 make 100; the run that waits adds nothing."""
    assert GOAL.maximise
    assert GOAL.measure(BOTH, choose(BOTH, "lab/juno", None, "lab/juno")) == 100


def test_nothing_placed_is_worth_nothing() -> None:
    """An empty plan has the value 0."""
    assert GOAL.measure(BOTH, choose(BOTH, None, None, None)) == 0


@given(seeds)
def test_the_costs_say_what_is_measured(seeds: tuple[int, int]) -> None:
    """What the solver adds up is what the plan is measured to have."""
    assert adds_up(GOAL, *drawn(seeds))

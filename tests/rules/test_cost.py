# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal `cost`, alone."""

from hypothesis import given

from planner.rules.cost import Cost
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import adds_up, drawn, seeds

GOAL = Cost()
BOTH = facts(Wish(("lab/juno",), number=2, cost=250), Wish(("cloud/vm",), cost=1000))


def test_placed_runs_cost_what_their_places_cost() -> None:
    """One run at 250 and one at 1000 make 1250 milli-cost; the one that waits is free."""
    assert not GOAL.maximise
    assert GOAL.measure(BOTH, choose(BOTH, "lab/juno", None, "cloud/vm")) == 1250


@given(seeds)
def test_the_costs_say_what_is_measured(seeds: tuple[int, int]) -> None:
    """What the solver adds up is what the plan is measured to have."""
    assert adds_up(GOAL, *drawn(seeds))

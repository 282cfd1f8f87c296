# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal `completion`, alone."""

from hypothesis import given

from planner.problem import UNLIMITED
from planner.rules.completion import Completion, waits
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import adds_up, drawn, seeds

GOAL = Completion()
HERE, THERE = "lab-a/juno", "lab-b/juno"
# One idle board in lab-a, then ten minutes for each round; lab-b is busy for five minutes.
QUEUES = facts(
    Wish((HERE, THERE), number=3, duration=600),
    steps={HERE: [(1, 0), (1, 600), (UNLIMITED, 1200)], THERE: [(1, 300), (UNLIMITED, 900)]},
)


def test_runs_on_one_slot_wait_for_each_other() -> None:
    """Three runs of 600 s, which wait 0, 600 and 1200 s, end after 3600 s in all."""
    assert not GOAL.maximise
    assert GOAL.measure(QUEUES, choose(QUEUES, HERE, HERE, HERE)) == 3 * 600 + 0 + 600 + 1200


def test_an_even_load_completes_sooner() -> None:
    """Sending one run to the busy lab is better than three to the idle one."""
    spread = GOAL.measure(QUEUES, choose(QUEUES, HERE, HERE, THERE))
    assert spread == 3 * 600 + 0 + 600 + 300
    assert spread < GOAL.measure(QUEUES, choose(QUEUES, HERE, HERE, HERE))


def test_waits_are_those_of_each_place_in_the_queue() -> None:
    """The n-th run on a slot waits what the step that it falls into says."""
    assert list(waits(QUEUES, choose(QUEUES, THERE, HERE, THERE))) == [0, 300, 900]


@given(seeds)
def test_the_costs_say_what_is_measured(seeds: tuple[int, int]) -> None:
    """What the solver adds up, over steps that its rows admit, is what is measured."""
    assert adds_up(GOAL, *drawn(seeds))

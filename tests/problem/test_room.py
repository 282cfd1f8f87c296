# SPDX-License-Identifier: LGPL-2.1-or-later
"""Room: the limits that runs placed one by one count against."""

import numpy as np
from hypothesis import given

from planner.problem import Limit, Room
from planner.rules import RULES
from tests.rules.facts import Wish, facts
from tests.rules.lifted import drawn, seeds

HERE = "lab/juno"


def test_the_limit_in_the_way_is_named() -> None:
    """The first limit that one more run would exceed, of each kind."""
    for limits, full in (
        ({"ceilings": {HERE: {20: 1}}}, Limit("slot_ceiling", 0, 1, level=20)),
        ({"deadlines": {HERE: {3600: 1}}}, Limit("deadline", 0, 1, level=3600)),
        ({"hours": {HERE: 1}}, Limit("lab_hours", 0, 1)),
        ({"totals": {"lab": 1}}, Limit("runtime_total", 0, 1)),
        ({"shares": {"lab": 1}}, Limit("lab_share", 0, 1)),
        ({"quotas": {("lab", "android"): 1}}, Limit("lab_quota", 0, 1, label="tree android")),
    ):
        problem = facts(Wish((HERE,), number=2, tree="android"), **limits)
        room = Room(problem)
        assert room.blocking(0, 0) is None
        room.take(0, 0)
        assert room.blocking(0, 0) == full
        room.give_back(0, 0)
        assert room.blocking(0, 0) is None


def test_a_high_priority_does_not_take_the_room_of_low_ones() -> None:
    """Runs count against the ceilings for their priority and above."""
    problem = facts(
        Wish((HERE,), priority=60), Wish((HERE,), priority=20), ceilings={HERE: {20: 1, 60: 2}}
    )
    room = Room(problem)
    room.take(0, 0)
    assert room.blocking(1, 1) is None
    room.take(1, 1)
    assert room.blocking(0, 0) == Limit("slot_ceiling", 1, 2, level=60)


@given(seeds)
def test_what_fits_run_by_run_breaks_no_limit(seeds: tuple[int, int]) -> None:
    """Runs placed only where nothing blocks keep every rule that limits what several runs take.

    How the runs of one request differ, and what is barred to one of them, is nothing that is taken.
    """
    problem, choice = drawn(seeds)
    room = Room(problem)
    for run, candidate in enumerate(choice.tolist()):
        request = int(problem.run_request[run])
        if candidate >= 0 and room.blocking(request, candidate) is None:
            room.take(request, candidate)
        else:
            choice[run] = -1
    for rule in RULES:
        if rule.name not in ("variant_strict", "pinned"):
            assert rule.check(problem, choice) == []


@given(seeds)
def test_giving_back_undoes_taking(seeds: tuple[int, int]) -> None:
    """After as many returns as takes nothing is taken."""
    problem, choice = drawn(seeds)
    room = Room(problem)
    placed = [(int(problem.run_request[r]), int(choice[r])) for r in np.flatnonzero(choice >= 0)]
    room.take_all(placed)
    for request, candidate in placed:
        room.give_back(request, candidate)
    assert set(room.taken) <= {0}

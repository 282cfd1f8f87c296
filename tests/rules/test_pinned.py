# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `pinned`, alone: which runs may not go where others of their request may."""

import numpy as np
import pytest
from hypothesis import given

from models import RequestPin
from planner.problem import FREE, STRICT, Problem
from planner.problem.pins import pinned
from planner.rules.pinned import Pinned
from planner.solvers import solve
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import admitted, columns_of, drawn, lift, seeds

RULE = Pinned()
PLACES = ("lab-a/rk3399", "lab-b/rk3399", "lab-b/juno")


def wanting(*pins: tuple[int, str], number: int = 2, mode: int = FREE) -> Problem:
    """Return the problem of one request with pins of its runs to "lab", "lab/board" or "/board"."""
    variant = () if mode == FREE else ("device_type",)
    problem = facts(Wish(PLACES, number=number, mode=mode, variant=variant))
    problem.labels["request"] = ("4be02f7",)
    said = []
    for run, place in pins:
        lab, _, board = place.partition("/")
        names = {"runtime": lab or None, "device_type": board or None}
        said.append(RequestPin(request="4be02f7", run=run, **names))
    return pinned(problem, said)


def test_a_pinned_run_goes_there() -> None:
    """Its place is one that the pin admits; the others of the request go anywhere."""
    problem = wanting((1, "lab-b"))
    assert RULE.check(problem, choose(problem, "lab-a/rk3399", "lab-b/juno")) == []
    (broken,) = RULE.check(problem, choose(problem, "lab-b/juno", "lab-a/rk3399"))
    assert broken.rule == "pinned"
    assert "4be02f7-1" in broken.text


def test_or_it_waits() -> None:
    """A run that has no place is nowhere else."""
    problem = wanting((1, "lab-b"))
    assert RULE.check(problem, choose(problem, "lab-a/rk3399", None)) == []


@pytest.mark.parametrize("solver", ["exact", "cpsat", "greedy", "today", "least-loaded"])
def test_every_solver_obeys(solver: str) -> None:
    """Whoever plans: the pinned run is where it has to be, or nowhere."""
    problem = wanting((2, "lab-b/juno"), number=3)
    plan = solve(problem, solver=solver)
    assert plan.solver == solver
    assert RULE.check(problem, plan.choice) == []
    if solver in ("exact", "cpsat", "greedy"):
        assert (plan.choice >= 0).all()


def test_pins_that_contradict_each_other_leave_the_run_waiting() -> None:
    """Two pins of one run hold together: it has no place, and the other one has."""
    twice = pinned(
        wanting(), [RequestPin(request="4be02f7", run=0, runtime=lab) for lab in ("lab-a", "lab-b")]
    )
    choice = solve(twice).choice
    assert choice[0] == -1
    assert choice[1] >= 0


def test_two_pins_to_one_board_and_different_boards() -> None:
    """Strict and pinned to the same device type: none can be placed, by either rule alone all."""
    both = (0, "/juno"), (1, "/juno")
    assert (solve(wanting(*both, mode=STRICT)).choice == -1).all()
    assert (solve(wanting(*both)).choice >= 0).all()
    assert (solve(wanting(mode=STRICT)).choice >= 0).all()


def test_a_run_that_was_sent_needs_no_pin() -> None:
    """A pin of a run that is not there any more pins nothing."""
    assert not wanting((7, "lab-b")).barred


@given(seeds)
def test_the_rows_admit_what_can_be_dealt_out(seeds: tuple[int, int]) -> None:
    """The rows hold exactly where each unit of a request can be dealt to a run that may have it."""
    problem, choice = drawn(seeds)
    columns = columns_of(problem)
    rows = RULE.rows(columns)
    assert admitted(rows, lift(columns, choice)) == _can_be_dealt(problem, choice)


def _can_be_dealt(problem: Problem, choice: np.ndarray) -> bool:
    """Tell so by trying: each unit in turn, with every run that is left."""

    def deal(units: list[int], runs: list[int]) -> bool:
        return not units or any(
            units[0] not in problem.barred.get(run, ())
            and deal(units[1:], [other for other in runs if other != run])
            for run in runs
        )

    for request in range(problem.requests):
        runs = range(*problem.run_start[request : request + 2].tolist())
        if not deal([int(choice[r]) for r in runs if choice[r] >= 0], list(runs)):
            return False
    return True

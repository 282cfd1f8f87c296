# SPDX-License-Identifier: LGPL-2.1-or-later
"""What runtimes tell of runs is recorded, and waited for as long as there is somebody to tell."""

from collections.abc import Mapping, Sequence

import pytest

from models import Outcome, RunState, Sent
from planner.submission import observe, wait
from tests.submission.conftest import NOW, Clock, order
from tests.submission.journal import MemoryJournal
from tests.submission.labs import Fault, Labs


def names(found: Mapping[str, Sequence[Sent]]) -> dict[str, tuple[str, ...]]:
    """Return the runs that are under way, by runtime."""
    return {name: tuple(sent.run for sent in runs) for name, runs in found.items()}


def under_way(*runs: tuple[str, str]) -> MemoryJournal:
    """Return a journal whose runs were all sent; they are given with their runtime."""
    journal = MemoryJournal(*(order(run, runtime) for run, runtime in runs))
    for run, _ in runs:
        journal.mark_submitted(run, f"job-{run}", NOW)
    return journal


def outcome(run: str, state: RunState = RunState.FINISHED) -> Outcome:
    """Return an outcome in a state."""
    return Outcome(run=run, state=state, result="pass" if state is RunState.FINISHED else None)


def test_observe_records_what_is_told(labs: Labs) -> None:
    """The outcomes of all labs are returned and in the journal."""
    labs.add("north").found["a-0"] = outcome("a-0")
    labs.add("south").found["b-0"] = outcome("b-0", RunState.STARTED)
    journal = under_way(("a-0", "north"), ("b-0", "south"))
    told = observe(journal, labs, NOW)
    assert sorted(told, key=lambda one: one.run) == [labs["north"].found["a-0"], outcome(
        "b-0", RunState.STARTED
    )]  # fmt: skip
    assert journal.told == list(told)
    assert journal.states == {"a-0": RunState.FINISHED, "b-0": RunState.STARTED}
    assert journal.times["a-0"] == NOW


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.STUCK_LOOKING])
def test_lab_that_does_not_answer_is_passed_over(labs: Labs, fault: Fault) -> None:
    """Its runs stay under way; those of other labs are heard of."""
    labs.add("north", a_0=fault)
    labs.add("south").found["b-0"] = outcome("b-0")
    journal = under_way(("a-0", "north"), ("b-0", "south"))
    assert observe(journal, labs, NOW, patience=0.1) == (outcome("b-0"),)
    assert names(journal.under_way()) == {"north": ("a-0",)}


def test_observe_asks_only_for_what_is_under_way(labs: Labs) -> None:
    """A lab without runs is not asked, nor one that is not among those given."""
    labs.add("north")
    journal = under_way(("a-0", "elsewhere"))
    assert observe(journal, labs, NOW) == ()
    assert journal.told == []


def test_wait_until_all_has_ended(labs: Labs) -> None:
    """Waiting ends with the last run; each change of state is told once, each end returned."""
    lab = labs.add("north")
    lab.found = {"a-0": outcome("a-0"), "a-1": outcome("a-1", RunState.STARTED)}
    journal = under_way(("a-0", "north"), ("a-1", "north"), ("b-0", "elsewhere"))
    heard: list[tuple[str, RunState]] = []
    naps = 0

    def sleep(_: float) -> None:
        nonlocal naps
        naps += 1
        if naps == 3:
            lab.found["a-1"] = outcome("a-1")

    ended = wait(journal, labs, Clock(), sleep, lambda told: heard.append((told.run, told.state)))
    assert ended == (outcome("a-0"), outcome("a-1"))
    assert heard == [
        ("a-0", RunState.FINISHED),
        ("a-1", RunState.STARTED),
        ("a-1", RunState.FINISHED),
    ]
    assert naps == 3
    assert names(journal.under_way()) == {"elsewhere": ("b-0",)}


def test_wait_for_nothing(labs: Labs) -> None:
    """With nothing under way nothing is asked and nobody sleeps."""
    labs.add("north")

    def sleep(_: float) -> None:
        raise AssertionError("there is nothing to wait for")

    assert wait(MemoryJournal(), labs, Clock(), sleep) == ()


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.STUCK_LOOKING])
def test_wait_does_not_wait_for_a_silent_lab(labs: Labs, fault: Fault) -> None:
    """A lab that does not answer is not waited for any longer; the others are."""
    labs.add("north", a_0=fault)
    south = labs.add("south")
    journal = under_way(("a-0", "north"), ("b-0", "south"))

    def sleep(_: float) -> None:
        south.found["b-0"] = outcome("b-0")

    assert wait(journal, labs, Clock(), sleep, patience=0.1) == (outcome("b-0"),)
    assert names(journal.under_way()) == {"north": ("a-0",)}

# SPDX-License-Identifier: LGPL-2.1-or-later
"""After a crash each intended run is found where it is, or planned again, or left alone."""

import pytest

from models import RunState
from planner.submission import RecoverReport, recover
from tests.submission.conftest import NOW, catalog, order, sender
from tests.submission.journal import MemoryJournal
from tests.submission.labs import Fault, Labs


def test_found_or_given_back(labs: Labs) -> None:
    """A run that had arrived was submitted, with its job; one that had not waits again."""
    labs.add("north").arrived.append("a-0")
    labs.add("south")
    journal = MemoryJournal(order("a-0"), order("a-1"), order("b-0", "south"))
    report = recover(journal, sender(labs, catalog(*labs), clock=lambda: NOW))
    assert journal.runs(RunState.SUBMITTED) == report.found == ["a-0"]
    assert journal.texts["a-0"] == "job-a-0"
    assert journal.runs(RunState.WAITING) == sorted(report.given_back) == ["a-1", "b-0"]
    assert journal.texts["a-1"] == "it was on its way to north, and did not arrive"
    assert not report.unknown
    assert set(journal.times.values()) == {NOW}
    assert [lab.arrived for lab in labs.values()] == [["a-0"], []]


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.STUCK_LOOKING])
def test_lab_that_does_not_answer(labs: Labs, fault: Fault) -> None:
    """Its runs stay intended, and are found once it answers again; other labs are not delayed."""
    labs.add("north", a_0=fault).arrived.append("a-0")
    labs.add("south").arrived.append("b-0")
    journal = MemoryJournal(order("a-0"), order("b-0", "south"))
    report = recover(journal, sender(labs, catalog(*labs), clock=lambda: NOW, patience=0.1))
    assert journal.runs(RunState.INTENDED) == list(report.unknown) == ["a-0"]
    assert report.found == ["b-0"]
    assert recover(journal, sender(labs, catalog(*labs), clock=lambda: NOW)).found == ["a-0"]
    assert journal.orders() == ()


def test_runs_behind_a_stuck_one(labs: Labs) -> None:
    """That a lab is stuck says nothing of the runs behind: they stay intended too."""
    labs.add("north", a_0=Fault.STUCK_LOOKING)
    journal = MemoryJournal(order("a-0"), order("a-1"))
    report = recover(journal, sender(labs, catalog(*labs), clock=lambda: NOW, patience=0.1))
    assert list(report.unknown) == journal.runs(RunState.INTENDED) == ["a-0", "a-1"]


def test_runtime_that_nothing_speaks_to(labs: Labs) -> None:
    """Where nothing could ever be sent, nothing was: the run waits again."""
    journal = MemoryJournal(order("a-0", "lava"))
    report = recover(journal, sender(labs, catalog("lava"), clock=lambda: NOW))
    assert journal.runs(RunState.WAITING) == report.given_back == ["a-0"]


def test_runtime_that_is_not_configured_any_more(labs: Labs) -> None:
    """A run may have been sent there: it is not planned elsewhere, and the runtime is named."""
    labs.add("north")
    journal = MemoryJournal(order("a-0", "gone"))
    report = recover(journal, sender(labs, catalog("north"), clock=lambda: NOW))
    assert journal.runs(RunState.INTENDED) == ["a-0"]
    assert "runtime 'gone'" in report.unknown["a-0"]


def test_nothing_to_recover(labs: Labs) -> None:
    """Without intended runs no lab is asked."""
    labs.add("north", a_0=Fault.UNREACHABLE)
    report = recover(MemoryJournal(), sender(labs, catalog("north"), clock=lambda: NOW))
    assert report == RecoverReport()
    assert labs["north"].faults

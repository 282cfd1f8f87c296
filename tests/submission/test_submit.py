# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sending a plan's runs: each is sent, or the journal says why not."""

import time

import pytest

from models import Catalog, LabType, Order, PlannerError, RunState, SubmitMode
from planner.submission import SubmitReport, submit_modes
from tests.submission.conftest import DRY, LIVE, NOW, catalog, order, sender
from tests.submission.journal import MemoryJournal
from tests.submission.labs import Fault, Labs

SHORT = 0.1  # seconds of patience, where something gets stuck


def send(
    journal: MemoryJournal,
    labs: Labs,
    site: Catalog | None = None,
    modes: dict[str, SubmitMode] | None = None,
    patience: float = 10,
) -> SubmitReport:
    """Submit what is intended; every lab is live unless `modes` says otherwise."""
    return sender(labs, site, modes, patience=patience).submit(journal, journal.orders())


def test_all_are_sent(labs: Labs) -> None:
    """Each run reaches its runtime, once and in order; journal and report know its job."""
    north, south = labs.add("north"), labs.add("south")
    runs = [order("a-0"), order("b-0", "south"), order("a-1"), order("a-2")]
    journal = MemoryJournal(*runs)
    report = send(journal, labs)
    assert north.arrived == ["a-0", "a-1", "a-2"]
    assert south.arrived == ["b-0"]
    assert journal.runs(RunState.SUBMITTED) == ["a-0", "b-0", "a-1", "a-2"]
    assert journal.texts["a-1"] == "job-a-1"
    assert all(at > NOW for at in journal.times.values())
    assert sorted(report.submitted) == ["a-0", "a-1", "a-2", "b-0"]
    assert report.by_runtime == {
        "north": {RunState.SUBMITTED: 3},
        "south": {RunState.SUBMITTED: 1},
    }
    assert not report.degraded


def test_dry_run_sends_nothing(labs: Labs) -> None:
    """Runs of a runtime in dry run are written down as that, also where no way leads to it."""
    north = labs.add("north")
    journal = MemoryJournal(order("a-0"), order("b-0", "lava"))
    report = send(journal, labs, catalog("north", "lava"), {"north": DRY, "lava": DRY})
    assert north.arrived == []
    assert journal.runs(RunState.DRY_RUN) == report.dry_run == ["a-0", "b-0"]
    assert not report.degraded


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault.NO_SCRIPT, "template.sh:3: no such thing"),
        (Fault.BROKEN_TEMPLATE, "KeyError: 'thing'"),
        (Fault.REFUSED, "the lab wants no such job"),
    ],
)
def test_run_that_cannot_be_sent_fails_alone(labs: Labs, fault: Fault, text: str) -> None:
    """A run that has no definition, or is refused, fails with its reason, and no other does."""
    lab = labs.add("north", a_0=fault)
    journal = MemoryJournal(order("a-0"), order("b-0"))
    report = send(journal, labs)
    assert lab.arrived == journal.runs(RunState.SUBMITTED) == ["b-0"]
    assert journal.runs(RunState.FAILED) == ["a-0"]
    assert report.failed == {"a-0": text}
    assert journal.texts["a-0"] == text
    assert report.degraded


@pytest.mark.parametrize("missing", ["job", "platform"])
def test_configuration_that_changed(labs: Labs, missing: str) -> None:
    """A run whose job or platform is not configured any more fails, and says which it is."""
    labs.add("north")
    journal = MemoryJournal(order("a-0", **{missing: "gone"}))
    report = send(journal, labs)
    assert report.failed == {"a-0": f"{missing} 'gone' is not configured any more"}


@pytest.mark.parametrize(
    ("fault", "state", "arrived"),
    [
        (Fault.NEVER_ARRIVED, RunState.WAITING, []),
        (Fault.REPLY_LOST, RunState.SUBMITTED, ["a-0"]),
        (Fault.REPLY_GARBLED, RunState.SUBMITTED, ["a-0"]),
        (Fault.NO_WORD, RunState.INTENDED, ["a-0"]),
    ],
)
def test_run_that_may_have_arrived_is_looked_for(
    labs: Labs, fault: Fault, state: RunState, arrived: list[str]
) -> None:
    """It counts as sent if it is found, waits again if not, and is left if that is not known."""
    lab = labs.add("north", a_0=fault)
    journal = MemoryJournal(order("a-0"), order("b-0"))
    report = send(journal, labs)
    assert journal.states == {"a-0": state, "b-0": RunState.SUBMITTED}
    assert lab.arrived == [*arrived, "b-0"]
    told = {RunState.WAITING: report.given_back, RunState.INTENDED: report.unknown}
    assert ("a-0" in report.submitted) is (state is RunState.SUBMITTED)
    assert all(("a-0" in runs) is (state is which) for which, runs in told.items())
    assert report.degraded is (state is not RunState.SUBMITTED)


@pytest.mark.parametrize("fault", [Fault.STUCK_BEFORE, Fault.STUCK_AFTER])
def test_stuck_lab_delays_no_other(labs: Labs, fault: Fault) -> None:
    """Of a lab that got stuck, the run in its hands stays intended, those behind wait again."""
    labs.add("north", a_1=fault)
    south = labs.add("south")
    theirs = [f"b-{index}" for index in range(20)]
    journal = MemoryJournal(
        *(order(f"a-{index}") for index in range(4)), *(order(run, "south") for run in theirs)
    )
    begun = time.monotonic()
    report = send(journal, labs, patience=SHORT)
    assert time.monotonic() - begun < 5
    assert south.arrived == theirs
    assert journal.runs(RunState.SUBMITTED) == ["a-0", *theirs]
    assert journal.runs(RunState.INTENDED) == list(report.unknown) == ["a-1"]
    assert journal.runs(RunState.WAITING) == list(report.given_back) == ["a-2", "a-3"]
    assert all(journal.texts[run] == text for run, text in report.given_back.items())
    assert "no answer" in report.unknown["a-1"]


def test_runtime_without_a_way_to_it(labs: Labs) -> None:
    """A live run of a runtime that nothing leads to waits again."""
    journal = MemoryJournal(order("a-0"))
    report = send(journal, labs, catalog("north"), {"north": LIVE})
    assert journal.runs(RunState.WAITING) == ["a-0"]
    assert report.given_back == {"a-0": "there is no way to reach 'north'"}


def test_progress_hears_of_each_run(labs: Labs) -> None:
    """Whatever becomes of a run, it is told once, after it was written down."""
    labs.add("north", a_0=Fault.REFUSED, a_1=Fault.NEVER_ARRIVED)
    journal = MemoryJournal(*(order(f"a-{index}") for index in range(3)), order("b-0", "lava"))
    heard: dict[str, RunState] = {}

    def hear(order: Order, state: RunState) -> None:
        assert order.run not in heard
        assert journal.states[order.run] is state
        heard[order.run] = state

    modes = {"north": LIVE, "lava": DRY}
    sending = sender(labs, catalog("north", "lava"), modes)
    sending.submit(journal, journal.orders(), progress=hear)
    assert heard == journal.states


class FullJournal(MemoryJournal):
    """A journal that can write nothing down any more."""

    def mark_submitted(self, *_: object) -> None:
        """Fail."""
        raise OSError("the disk is full")


def test_journal_that_fails_stops_the_sending(labs: Labs) -> None:
    """If nothing can be written down nothing more is sent, and what was sent stays intended."""
    lab = labs.add("north", a_1=Fault.STUCK_BEFORE)
    journal = FullJournal(*(order(f"a-{index}") for index in range(4)))
    with pytest.raises(OSError, match="full"):
        send(journal, labs, patience=SHORT)
    lab.unstick.set()
    time.sleep(SHORT)
    assert set(lab.arrived) <= {"a-0", "a-1"}
    assert journal.runs(RunState.INTENDED) == ["a-0", "a-1", "a-2", "a-3"]


@pytest.mark.parametrize(
    ("said", "reachable", "mode"),
    [
        ({}, True, LIVE),
        ({}, False, DRY),
        ({"shell": DRY}, True, DRY),
        ({"shell": DRY, "north": LIVE}, True, LIVE),
        ({"shell": LIVE, "north": DRY}, False, DRY),
    ],
)
def test_modes(labs: Labs, said: dict[str, SubmitMode], reachable: bool, mode: SubmitMode) -> None:
    """The settings decide by name, then by type; else what can be sent is sent."""
    if reachable:
        labs.add("north")
    assert submit_modes(catalog("north", submit=said), labs) == {"north": mode}


@pytest.mark.parametrize("said", ["north", "docker"])
def test_live_without_a_way_is_an_error(labs: Labs, said: str) -> None:
    """Asking for live runs where none can be sent is said, with the place of the runtime."""
    site = catalog("south", "north", lab_type=LabType.DOCKER, submit={said: LIVE})
    labs.add("south")
    with pytest.raises(PlannerError, match=r"site\.yaml:4: .*'north'.*type docker"):
        submit_modes(site, labs)

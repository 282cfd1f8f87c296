# SPDX-License-Identifier: LGPL-2.1-or-later
"""The capacity of a cycle: told by labs on real sockets, declared, or remembered."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from models import (
    Capacity,
    CapacitySource,
    Contact,
    DeviceCapacity,
    RuntimeCapacity,
    Sent,
    UnknownCapacity,
)
from planner.cycle import unanswered
from planner.cycle.capacity import settled
from planner.runtimes import NoAccessError
from planner.runtimes.breaker import PAUSE
from tests.cycle.conftest import Site
from tests.runtimes.lava.double import TOKEN, Lab

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DECLARED = RuntimeCapacity(
    runtime="lab", known=False, max_runs=7, source=CapacitySource.LAVA, taken=NOW
)
ROCKS = RuntimeCapacity(runtime="lab", devices={"rock": DeviceCapacity(devices=2)}, taken=NOW)
FRESH = Contact(runtime="lab")


def declared(unknown: UnknownCapacity) -> RuntimeCapacity:
    """Return what is declared of a lab that has to tell the rest itself."""
    return DECLARED.model_copy(update={"unknown": unknown})


def test_what_a_lab_tells_goes_over_what_is_declared() -> None:
    """What it does not speak of stays."""
    told = settled(declared(UnknownCapacity.CLOSED), ROCKS, FRESH, (), NOW)
    assert (told.known, told.devices, told.max_runs) == (True, ROCKS.devices, 7)
    assert (told.unknown, told.why) == (UnknownCapacity.CLOSED, None)


@pytest.mark.parametrize("unknown", list(UnknownCapacity))
def test_without_an_answer(unknown: UnknownCapacity) -> None:
    """It is not known, and what that means is as declared."""
    told = settled(declared(unknown), TimeoutError("no answer in 10 s"), FRESH, (), NOW)
    assert (told.known, told.unknown, told.why) == (False, unknown, "no answer in 10 s")


def test_the_last_known() -> None:
    """It counts with its own time, and what was sent since waits there."""
    contact = Contact(runtime="lab", last=ROCKS)
    sent = [
        Sent(run=str(n), runtime="lab", job_id="1", device_type=kind, submitted=NOW + n * PAUSE)
        for n, kind in enumerate(["rock", "rock", "rock", "pi"])
    ]
    lost = TimeoutError("no answer in 10 s")
    told = settled(declared(UnknownCapacity.LAST_KNOWN), lost, contact, sent, NOW)
    assert told.devices == {"rock": DeviceCapacity(devices=2, queue=2)}
    assert (told.known, told.taken, told.max_runs) == (True, NOW, 7)
    later = NOW + timedelta(seconds=250)
    assert unanswered(Capacity(runtimes={"lab": told}), later) == (
        "lab: its capacity is not known now: no answer in 10 s; what it told 250 s ago counts",
    )


@pytest.mark.parametrize("unknown", list(UnknownCapacity))
def test_a_refusal_is_an_answer(unknown: UnknownCapacity) -> None:
    """A lab that does not let us in takes nothing, whatever not knowing means."""
    contact = Contact(runtime="lab", last=ROCKS)
    told = settled(declared(unknown), NoAccessError("403"), contact, (), NOW)
    assert (told.known, told.unknown) == (False, UnknownCapacity.CLOSED)


@pytest.mark.parametrize("unknown", list(UnknownCapacity))
def test_a_lab_that_is_left_alone(unknown: UnknownCapacity) -> None:
    """Nothing is planned where nothing could be sent; the age of its last word is told."""
    contact = Contact(runtime="lab", last=ROCKS, failures=3, until=NOW + PAUSE, why="silent")
    lost = TimeoutError("no answer in 10 s")
    told = settled(declared(unknown), lost, contact, (), NOW)
    assert (told.known, told.unknown) == (False, UnknownCapacity.CLOSED)
    assert unanswered(Capacity(runtimes={"lab": told}), NOW + PAUSE) == (
        "lab: its capacity is not known now: no answer in 10 s; nothing is sent there;"
        " it told something 60 s ago",
    )
    probed = settled(declared(unknown), lost, contact, (), NOW + PAUSE)
    assert probed.unknown is unknown


@pytest.fixture
def labs(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Lab]]:
    """Yield ten labs with two boards each, and a site that sends one run to each for a checkout."""
    with ExitStack() as stack:
        made = [stack.enter_context(Lab()) for _ in range(10)]
        runtimes, entries = [], []
        for number, lab in enumerate(made):
            lab.add("rock", "Good", "Good")
            runtimes.append(f"  lab-{number}: {{lab_type: lava, url: '{lab.url}'}}")
            entries.append(
                f"  - {{job: boot, runtime: {{name: lab-{number}}}, platforms: [rock],"
                " event: {channel: node, kind: checkout, state: available}}"
            )
            monkeypatch.setenv(f"KCI_RUNTIME_TOKEN_LAB_{number}", TOKEN)
        site.write(
            "jobs: {boot: {kind: job, template: boot.jinja2}}\n"
            "platforms: {rock: {arch: arm64}}\n"
            "runtimes:\n" + "\n".join(runtimes) + "\nscheduler:\n" + "\n".join(entries) + "\n"
            "planner:\n  templates: [templates]\n  submit: {lava: live}\n"
            "  capacity: {lava: {source: lava, deadline: 2s, unknown: last-known}}\n"
        )
        template = "job_name: '{{ node.id }} {{ name }}'\ndevice_type: {{ device_type }}\n"
        (site.root / "templates" / "boot.jinja2").write_text(template)
        yield made


def test_one_of_ten_labs_hangs(site: Site, labs: list[Lab]) -> None:
    """Nine get their runs, the tenth's waits; it costs its deadline once, and later nothing."""
    labs[4].hanging = threading.Event()
    begun = time.monotonic()
    report = site.cycle(site.checkout("c1"), wait=False)
    assert time.monotonic() - begun < 30
    assert [len(lab.jobs) for lab in labs] == [1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    assert report.problems == (
        "lab-4: its capacity is not known now: no answer in 2 s; nothing is sent there",
    )
    assert report.degraded
    (waiting,) = report.document.deferrals
    assert waiting.reason.code == "runtime_closed"
    asked = len(labs[4].asked)
    again = site.cycle(later=timedelta(seconds=30), wait=False)
    assert len(labs[4].asked) == asked
    assert "left alone for 30 s more" in again.problems[0]


def test_a_restarted_planner_knows_what_a_lab_told_last(site: Site, labs: list[Lab]) -> None:
    """What is remembered is in the ledger, with its age."""
    site.cycle(site.checkout("c1"), wait=False)
    labs[4].hanging = threading.Event()
    report = site.cycle(site.checkout("c2", "b" * 40), later=timedelta(minutes=3), wait=False)
    assert "nothing is sent there; it told something 180 s ago" in report.problems[0]
    placed = {run.runtime for run in report.document.assignments}
    assert placed == {f"lab-{number}" for number in range(10)} - {"lab-4"}
    assert not report.submission.given_back
    with site.ledger() as ledger:
        contact = ledger.contacts()["lab-4"]
    assert contact.last is not None
    assert contact.last.devices == {"rock": DeviceCapacity(devices=2)}
    assert contact.failures > 0

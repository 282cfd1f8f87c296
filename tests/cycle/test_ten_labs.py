# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ten labs on real sockets, one of which hangs; and what a run costs in requests."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from models import RunState
from planner.cli.runtimes import open_runtimes
from planner.config import load_catalog
from planner.cycle import CycleReport, Planner
from planner.events import NodeFile
from planner.ledger import Ledger
from tests.cycle.conftest import Site
from tests.runtimes.lava.double import TOKEN, Lab

LABS, EACH, DEADLINE_S = 10, 8, 2
ENTRY = """\
  - {job: boot, event: {channel: node, kind: checkout, state: available}, runtime: {name: lab-N},
     platforms: [rock], runs: {number: EACH}}
"""
SITE = """\
jobs:
  boot: {kind: job, template: boot.jinja2}
platforms: {rock: {arch: arm64}}
runtimes:
RUNTIMES
scheduler:
ENTRIES
planner:
  templates: [templates]
  submit: {lava: live}
  in_flight: 8
  capacity: {lava: {source: lava, deadline: DEADLINE, unknown: open}}
"""
BOOT = "job_name: '{{ name }}'\ndevice_type: {{ device_type }}\npriority: {{ priority }}\n"


@dataclass
class Fleet:
    """The labs, and a site that sends a few runs to each of them."""

    site: Site
    labs: list[Lab]

    def cycle(self, *checkouts: str) -> CycleReport:
        """Do a cycle with these checkouts, and do not wait for what it sent."""
        catalog = load_catalog(self.site.root)
        events = [self.site.checkout(name, commit=name * 40) for name in checkouts]
        with Ledger.open(f"sqlite:///{self.site.root}/ledger.db") as ledger:
            planner = Planner(
                catalog,
                self.site.policy,
                ledger,
                open_runtimes(catalog, self.site.root / "kernelci.toml"),
                clock=lambda: self.site.now,
                timer=time.monotonic,
                sleep=time.sleep,
            )
            return planner.cycle(self.site.batch(*events), NodeFile(self.site.nodes))

    def waiting(self) -> int:
        """Return how many runs wait."""
        with Ledger.open(f"sqlite:///{self.site.root}/ledger.db") as ledger:
            return len(ledger.waiting())


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Give ten labs of twenty boards each."""
    with ExitStack() as stack:
        labs = [stack.enter_context(Lab()) for _ in range(LABS)]
        for lab in labs:
            lab.add("rock", *["Good"] * 20)
        names = [f"  lab-{n}: {{lab_type: lava, url: '{lab.url}'}}" for n, lab in enumerate(labs)]
        entries = [ENTRY.replace("N", str(n)).replace("EACH", str(EACH)) for n in range(LABS)]
        text = SITE.replace("RUNTIMES", "\n".join(names)).replace("ENTRIES\n", "".join(entries))
        site = Site(tmp_path)
        site.write(text.replace("DEADLINE", str(DEADLINE_S)))
        (tmp_path / "templates" / "boot.jinja2").write_text(BOOT)
        tokens = (f'[runtime.lab-{n}]\nruntime_token = "{TOKEN}"\n' for n in range(LABS))
        (tmp_path / "kernelci.toml").write_text("".join(tokens))
        yield Fleet(site, labs)


def test_one_lab_that_hangs_costs_the_others_nothing(fleet: Fleet) -> None:
    """Nine labs get everything; the tenth costs one deadline, once, and what is for it waits."""
    fleet.labs[3].hanging = threading.Event()  # until the test is over
    report = fleet.cycle("a")
    assert [len(lab.jobs) for lab in fleet.labs] == [0 if n == 3 else EACH for n in range(LABS)]
    assert len(report.submission.submitted) == (LABS - 1) * EACH
    # It is left alone at once: nothing is sent there and taken back, its runs wait.
    assert not report.submission.given_back
    assert fleet.waiting() == EACH
    # Both questions of the snapshot, at the same time, and nothing else.
    assert sorted(fleet.labs[3].asked) == ["GET devices/", "GET workers/"]
    # It hangs for a minute: whoever waited for it would wait longer than for anything else.
    assert DEADLINE_S <= report.seconds["demand"] < 30
    again = fleet.cycle("b")
    assert len(again.submission.submitted) == (LABS - 1) * EACH
    assert len(fleet.labs[3].asked) == 2
    assert again.seconds["demand"] < 30


def test_requests_for_a_run(fleet: Fleet) -> None:
    """Beyond the one that creates its job it takes less than one, in the steady state."""
    fleet.cycle("a")
    before = [len(lab.asked) for lab in fleet.labs]
    report = fleet.cycle("b")
    sent = LABS * EACH
    assert len(report.submission.submitted) == sent
    asked = sum(len(lab.asked) for lab in fleet.labs) - sum(before)
    # Of each lab: devices, workers, a queue, and once how the jobs stand that it has.
    assert asked - sent == LABS * 4
    assert all(one.state is RunState.SUBMITTED for one in report.outcomes)
    assert fleet.labs[0].counts()["POST jobs/"] == 2 * EACH


def test_labs_that_nothing_waits_for(fleet: Fleet) -> None:
    """They are asked how their jobs stand, and only now and then what they can take."""
    fleet.cycle("a")
    for minutes, snapshots in ((3, 0), (9, 0), (16, 2)):
        fleet.site.now += timedelta(minutes=minutes)
        before = fleet.labs[0].counts()
        fleet.cycle()
        asked = fleet.labs[0].counts() - before
        assert asked.pop("GET jobs/") == 1
        assert asked.total() == snapshots

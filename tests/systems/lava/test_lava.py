# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole cycles against a real LAVA server: many boards that are made up, and a real emulator."""

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from models import Batch, Policy, RunRecord, RunState
from planner.cli.runtimes import open_runtimes
from planner.config import load_catalog
from planner.cycle import CycleReport, Planner
from planner.events import NodeFile
from planner.ledger import Ledger
from planner.runtimes.breaker import NO_ACCESS
from tests.conftest import ROOT
from tests.cycle.conftest import Site
from tests.systems.lava.assets import make_assets
from tests.systems.lava.conftest import AWAY, RELEASED, TOKEN, TYPES
from tests.systems.lava.server import Server

CHECKOUTS = 25
SITE = """\
rootfs: {tiny: {ramdisk: 'file://ASSETS/rootfs.cpio.gz'}}
jobs:
  low: &job {kind: job, template: board.jinja2, priority: low}
  high: {kind: job, template: board.jinja2, priority: high}
  spoiled: {kind: job, template: board.jinja2, priority: high}
  boot: {kind: job, template: boot.jinja2, priority: high, params: {rootfs_ref: tiny}}
platforms:
BOARDS
  qemu-x86_64: {arch: x86_64, base_name: qemu, boot_method: qemu}
runtimes:
  lab: {lab_type: lava, url: 'URL', priority_min: 20, priority_max: 80}
scheduler:
  - {job: low, event: {channel: node, name: low, state: available}, runtime: {name: lab},
     platforms: [ALL]}
  - {job: high, event: {channel: node, name: high, state: available}, runtime: {name: lab},
     platforms: [ALL]}
  - {job: spoiled, event: {channel: node, name: spoiled, state: available}, runtime: {name: lab},
     platforms: [kci-board-00]}
  - {job: boot, event: {channel: node, name: boot, state: available}, runtime: {name: lab},
     platforms: [qemu-x86_64]}
planner:
  templates: [templates]
  submit: {lava: live}
  capacity: {lava: {source: lava, deadline: 30s}}
"""
TEMPLATE = """\
job_name: '{{ node.id }} {{ name }}'
device_type: {{ device_type }}
visibility: public
priority: {{ priority }}
timeouts: {job: {minutes: 10}, action: {minutes: 5}}
metadata: {wanted: {{ name }}}
actions:
- deploy:
    to: tftp
    os: oe
    kernel: {url: 'http://127.0.0.1:9/Image', type: image}
    ramdisk: {url: 'http://127.0.0.1:9/rootfs.cpio.gz', compression: gz}
- boot: {method: u-boot, commands: ramdisk, prompts: ['/ #']}
"""


class LavaSite(Site):
    """A site whose lab is the real server; times are the clock's."""

    def planner(self, ledger: Ledger) -> Planner:
        """Return a planner that lives in the present."""
        catalog = load_catalog(self.root)
        return Planner(
            catalog,
            Policy(),
            ledger,
            open_runtimes(catalog, self.root / "kernelci.toml"),
            clock=lambda: datetime.now(UTC),
            timer=time.monotonic,
            sleep=time.sleep,
        )

    def event(self, name: str, number: int, **artifacts: str) -> dict[str, Any]:
        """Return the event of a checkout of a tree of its own."""
        told = self.checkout(f"{name}-{number}", tree=f"{name}-{number}")
        self.nodes[told["id"]] |= {"name": name, "artifacts": artifacts}
        return told | {"name": name}

    def once(self, *events: dict[str, Any]) -> CycleReport:
        """Do one cycle, and do not wait for what it sends."""
        with self.ledger() as ledger:
            batch = self.batch(*events) if events else Batch()
            return self.planner(ledger).cycle(batch, NodeFile(self.nodes))

    def job_names(self) -> Counter[str]:
        """Count the jobs that the lab has on boards of ours, by their names."""
        url = load_catalog(self.root).runtimes["lab"].url
        query = {"limit": 10_000}
        found = requests.get(f"{url}/api/v0.2/jobs/", params=query, timeout=60).json()["results"]
        boards = [job for job in found if job["requested_device_type"].startswith("kci-")]
        return Counter(job["description"] for job in boards)

    def until_done(self, limit_s: float) -> tuple[RunRecord, ...]:
        """Do cycles until nothing is under way, and return all runs that are over."""
        end = time.monotonic() + limit_s
        while True:
            self.once()
            with self.ledger() as ledger:
                if not ledger.status().under_way:
                    return ledger.history(limit=10_000).runs
            assert time.monotonic() < end, "LAVA does not get on with its jobs"
            time.sleep(1)


@pytest.fixture
def site(server: Server, tmp_path: Path) -> LavaSite:
    """Return a site with a ledger of its own, and the server as its lab."""
    made = LavaSite(tmp_path)
    made.now = datetime.now(UTC) - timedelta(minutes=1)
    kinds = [*TYPES, AWAY]
    boards = "\n".join(f"  {kind}: {{arch: arm64, boot_method: u-boot}}" for kind in kinds)
    text = SITE.replace("BOARDS", boards).replace("ALL", ", ".join(kinds))
    text = text.replace("URL", server.url).replace("ASSETS", str(server.folder / "assets"))
    made.write(text)
    (tmp_path / "templates" / "board.jinja2").write_text(TEMPLATE)
    shutil.copytree(ROOT / "config" / "templates", tmp_path / "templates", dirs_exist_ok=True)
    set_token(made, TOKEN)
    return made


def set_token(site: LavaSite, token: str) -> None:
    """Have the site's settings name this token for the lab."""
    text = f'[runtime.lab]\nruntime_token = "{token}"\n'
    (site.root / "kernelci.toml").write_text(text)


def test_three_hundred_runs(site: LavaSite) -> None:
    """Each is sent once and ends with its times; the more urgent ones are started first."""
    events = [site.event("high" if number % 2 else "low", number) for number in range(CHECKOUTS)]
    report = site.once(*events, site.event("spoiled", 0))
    reasons = Counter(deferral.reason.code for deferral in report.document.deferrals)
    assert reasons == {"no_device": CHECKOUTS}  # all of that type are in maintenance
    assert len(report.document.assignments) == CHECKOUTS * len(TYPES) + 1
    # A plan holds for three minutes; on a slow machine what is left of it is planned anew.
    sent = len(report.submission.submitted)
    while report.submission.given_back:
        report = site.once()
        sent += len(report.submission.submitted)
    assert sent >= CHECKOUTS * len(TYPES) + 1
    RELEASED.set()
    ended = [run for run in site.until_done(240) if run.state is RunState.FINISHED]
    good = [run for run in ended if run.job != "spoiled"]
    assert len(good) == CHECKOUTS * len(TYPES)
    assert len({run.job_id for run in good}) == len(good)
    names = site.job_names()
    assert {count for name, count in names.items() if "spoiled" not in name} == {1}
    assert {run.result for run in good} == {"pass"}
    assert all(run.started and run.ended and run.started <= run.ended for run in ended)
    assert all(run.infrastructure for run in ended if run.job == "spoiled")
    assert any(run.job == "spoiled" for run in ended)
    overtaken = [pair for kind in TYPES for pair in overtakings(good, kind)]
    assert ("low", "high") in overtaken
    assert ("high", "low") not in overtaken


def overtakings(runs: list[RunRecord], kind: str) -> Iterator[tuple[str, str]]:
    """Yield the jobs of two runs on a kind of board where the second began before the first.

    It was sent later, and both waited: for longer than LAVA and the boards need to look around.
    """
    margin = timedelta(seconds=5)
    there = [run for run in runs if run.platform == kind]
    for first in there:
        for second in there:
            assert first.submitted is not None
            assert first.started is not None
            assert second.submitted is not None
            assert second.started is not None
            if (
                first.submitted < second.submitted < second.started - margin
                and second.started < first.started - margin
            ):
                yield first.job, second.job


def test_a_real_emulator(site: LavaSite, server: Server) -> None:
    """A job of the shipped template boots a kernel, runs its tests and comes to its end."""
    kernel, _ = make_assets(server.folder / "assets")
    site.once(site.event("boot", 1, kernel=f"file://{kernel}"))
    (run,) = site.until_done(180)
    assert (run.state, run.result) == (RunState.FINISHED, "pass"), run.detail
    assert run.started is not None
    tests = requests.get(f"{server.url}/api/v0.2/jobs/{run.job_id}/tests/", timeout=9).json()
    results = {test["name"]: test["result"] for test in tests["results"]}
    assert results["kernel"] == "pass"


def test_a_wrong_token(site: LavaSite) -> None:
    """The cycle says what is wrong and where to mend it, and sends nothing."""
    set_token(site, "not-that-one")
    report = site.once(site.event("high", 1))
    (problem,) = report.problems
    assert "403: Invalid token" in problem
    assert "[runtime.lab] of kernelci.toml" in problem
    assert "not-that-one" not in problem
    assert report.submission.submitted == []
    set_token(site, TOKEN)
    time.sleep(NO_ACCESS.total_seconds())
    assert len(site.once().submission.submitted) == len(TYPES)

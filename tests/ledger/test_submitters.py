# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processes of `submit --follow` that share one journal, and a leader that fills it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select, update

from models import Policy, RunState
from planner.cli.runtimes import open_runtimes
from planner.config import load_catalog
from planner.cycle import CycleReport, Planner
from planner.events import NodeFile, read_events
from planner.ledger import Ledger
from planner.ledger.schema import run, submitter
from tests.runtimes.lava.double import TOKEN, Answer, Lab

LABS, CHECKOUTS, EACH = ("one", "two"), 3, 60
SITE = """\
jobs:
  boot: {kind: job, template: boot.jinja2}
platforms: {rock: {arch: arm64}}
runtimes:
  one: {lab_type: lava, url: "URL1", disable_queue_limit: true}
  two: {lab_type: lava, url: "URL2", disable_queue_limit: true}
scheduler:
  - {job: boot, event: &checkout {channel: node, kind: checkout, state: available},
     runtime: {name: one}, platforms: [rock], runs: {number: EACH}}
  - {job: boot, event: *checkout, runtime: {name: two}, platforms: [rock], runs: {number: EACH}}
planner:
  templates: [.]
  submit: {lava: live}
  in_flight: 12
"""
RUN = "from planner.cli import main; main()"
BOOT = "job_name: '{{ name }}'\ndevice_type: {{ device_type }}\npriority: {{ priority }}\n"


@dataclass
class Site:
    """A site in a folder, its labs on real sockets, and a leader whose clock tests turn."""

    folder: Path
    url: str
    labs: dict[str, Lab]
    later: timedelta = timedelta()
    followers: list[subprocess.Popen[str]] = field(default_factory=list)

    def write(self, more: str = "") -> None:
        """Write the configuration, with `more` of the planner's section, and the secrets."""
        text = SITE.replace("EACH", str(EACH)) + more
        text = text.replace("URL1", self.labs["one"].url).replace("URL2", self.labs["two"].url)
        (self.folder / "site").mkdir(exist_ok=True)
        (self.folder / "site" / "site.yaml").write_text(text)
        (self.folder / "site" / "boot.jinja2").write_text(BOOT)
        secrets = "".join(f'[runtime.{name}]\nruntime_token = "{TOKEN}"\n' for name in LABS)
        (self.folder / "kernelci.toml").write_text(secrets)

    def follow(self) -> subprocess.Popen[str]:
        """Start a submitter."""
        line = [sys.executable, "-c", RUN, "-v", "submit", "--follow"]
        line += ["-c", "site", "-s", "kernelci.toml", "--ledger", self.url]
        process = subprocess.Popen(line, cwd=self.folder, stderr=subprocess.PIPE, text=True)
        self.followers.append(process)
        return process

    def cycle(self, *checkouts: str, later: timedelta = timedelta()) -> CycleReport:
        """Do a cycle of the leader, so much later than the last one."""
        self.later += later
        nodes = {name: _checkout(name) for name in checkouts}
        path = self.folder / "events.jsonl"
        path.write_text(
            "".join(json.dumps(node | {"op": "updated"}) + "\n" for node in nodes.values())
        )
        catalog = load_catalog(self.folder / "site")
        with Ledger.open(self.url) as ledger, ledger.lock():
            planner = Planner(
                catalog,
                Policy(),
                ledger,
                open_runtimes(catalog, self.folder / "kernelci.toml"),
                clock=self.now,
                timer=time.monotonic,
                sleep=time.sleep,
            )
            return planner.cycle(read_events(path), NodeFile(nodes))

    def now(self) -> datetime:
        """Return the leader's time."""
        return datetime.now(UTC) + self.later

    def states(self) -> dict[RunState, int]:
        """Count the runs by state."""
        with Ledger.open(self.url, read_only=True) as ledger:
            found: dict[RunState, int] = {}
            for row in ledger.status().counts:
                found[row.state] = found.get(row.state, 0) + row.runs
            return found

    def claims(self) -> list[str]:
        """Return who has runs in hand, a name for each run."""
        in_hand = select(run.c.claimed_by).where(run.c.state == RunState.INTENDED)
        with self._database() as connection:
            return [name for name in connection.execute(in_hand).scalars() if name is not None]

    def serving(self) -> int:
        """Count the submitters that are ready."""
        with self._database() as connection:
            return len(connection.execute(submitter.select()).all())

    def forget_leases(self) -> None:
        """Have every lease run out: a minute is long for a test."""
        with self._database() as connection:
            connection.execute(update(submitter).values(expires=datetime.now(UTC)))

    @contextmanager
    def _database(self) -> Iterator[Connection]:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            yield connection
        engine.dispose()

    def jobs(self) -> list[str]:
        """Return the runs that labs have, each as often as they have it."""
        return [job["description"] for lab in self.labs.values() for job in lab.jobs.values()]


def _checkout(name: str) -> dict[str, Any]:
    kernel = {"tree": "harbor", "branch": name, "commit": "a" * 40, "version": {"version": 6}}
    node = {"id": name, "kind": "checkout", "name": "checkout", "path": ["checkout"]}
    return {**node, "state": "available", "data": {"kernel_revision": kernel}}


def until(holds: Callable[[], bool]) -> None:
    """Wait until that is so."""
    end = time.monotonic() + 180  # processes take their time to start where many do
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def slow(act: Callable[[], Answer]) -> Answer:
    """Answer as late as real labs do, so that there is a middle of a batch."""
    time.sleep(0.1)
    return act()


@pytest.fixture
def site(tmp_path: Path, url: str) -> Iterator[Site]:
    """Give a site whose labs have boards; its submitters are gone in the end."""
    with ExitStack() as stack:
        labs = {name: stack.enter_context(Lab()) for name in LABS}
        for lab in labs.values():
            lab.add("rock", *["Good"] * 40)
            lab.faults["POST jobs/"] = slow
        site = Site(tmp_path, url, labs)
        site.write()
        yield site
        for process in site.followers:
            process.kill()
            process.communicate()


@contextmanager
def serving(site: Site, number: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Give so many submitters that are ready."""
    processes = [site.follow() for _ in range(number)]
    until(lambda: site.serving() == number)
    yield processes


def stop(process: subprocess.Popen[str], *, all_sent: bool = True) -> str:
    """Have a submitter end in good order, and return what it said.

    It says by its exit code whether it sent all that it had in hand.
    """
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=180)
    assert "Traceback" not in said
    assert process.returncode in ((0,) if all_sent else (0, 3)), said
    return said


def test_three_processes_send_each_run_once(site: Site) -> None:
    """The leader plans and sends nothing itself; together they send all of it, all of them some."""
    with serving(site, 3) as processes:
        report = site.cycle(*(f"c{number}" for number in range(CHECKOUTS)))
        assert report.submission.submitted == []
        assert report.left == len(LABS) * CHECKOUTS * EACH
        until(lambda: RunState.INTENDED not in site.states())
        said = [stop(process) for process in processes]
    assert site.states() == {RunState.SUBMITTED: len(LABS) * CHECKOUTS * EACH}
    assert len(site.jobs()) == len(set(site.jobs())) == len(LABS) * CHECKOUTS * EACH
    assert all(" submitted" in text.splitlines()[-1] for text in said)
    # With nobody else left the leader sends again itself.
    assert len(site.cycle("last").submission.submitted) == len(LABS) * EACH


def test_what_a_killed_process_had_in_hand_is_sent_once(site: Site) -> None:
    """Its claims are looked for once its lease is over: nothing is lost, nothing doubled."""
    wanted = len(LABS) * CHECKOUTS * EACH
    with serving(site, 3) as (dying, *others):
        site.cycle(*(f"c{number}" for number in range(CHECKOUTS)))
        until(lambda: len(site.jobs()) > wanted // 3)
        dying.kill()
        until(lambda: all(f"-{dying.pid}-" in name for name in site.claims()))
        for process in others:
            stop(process)
    lost = len(site.claims())
    assert lost > 0
    site.cycle()
    assert len(site.claims()) == lost  # it might only be slow
    site.forget_leases()
    first = site.cycle()
    assert len(first.recovered.found) + len(first.recovered.unknown) == lost
    second = site.cycle(later=timedelta(minutes=3))  # by now nothing can still be on its way
    assert len(second.submission.submitted) == len(first.recovered.unknown)
    assert site.states() == {RunState.SUBMITTED: wanted}
    assert len(site.jobs()) == len(set(site.jobs())) == wanted


def test_one_quota_holds_over_all_processes(site: Site) -> None:
    """What two submitters send of one cycle's plan, and late of the one before, is within it."""
    most = 7
    site.write(f"  contracts: {{one: {{quotas: {{tree: {{harbor: {most}}}}}}}}}\n")
    times: list[str] = []
    with serving(site, 2) as processes:
        for number in range(3):
            # A part of the last one's may be in hand still; what it got since then counts.
            planned = site.cycle(f"c{number}").document.plan.created
            times.append(planned.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
            until(lambda: bool(site.claims()) or RunState.INTENDED not in site.states())
        until(lambda: RunState.INTENDED not in site.states())
        for process in processes:
            stop(process, all_sent=False)
    sent = [job["submit_time"] for job in site.labs["one"].jobs.values()]
    for since, before in zip(times, [*times[1:], "9"], strict=True):
        assert sum(since <= at < before for at in sent) <= most
    assert len(sent) >= most
    assert len(site.jobs()) == len(set(site.jobs()))

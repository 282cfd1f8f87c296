# SPDX-License-Identifier: LGPL-2.1-or-later
"""A site in a temporary folder, events made by hand, and a clock that tests turn."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models import Batch, Policy
from planner.cli.runtimes import open_runtimes
from planner.config import load_catalog
from planner.cycle import CycleReport, Planner
from planner.events import NodeFile, read_events
from planner.ledger import Ledger

SITE = """\
jobs:
  boot: {kind: job, template: boot.jinja2, priority: high}
  probe: {kind: job, template: probe.sh.jinja2}
  daily: {kind: job, template: boot.jinja2, params: {frequency: 1d}}
platforms:
  shell: {}
  rock: {arch: arm64, mach: rockchip}
  pi: {arch: arm64, mach: broadcom}
runtimes:
  here: {lab_type: shell}
  lab: {lab_type: lava, max_queue_depth: 1}
scheduler:
  - {job: probe, event: &checkout {channel: node, kind: checkout, state: available},
     runtime: {name: here}}
  - {job: boot, event: *checkout, runtime: {name: lab}, criteria: {arch: arm64},
     runs: {number: 3, variant: device_type}}
planner:
  capacity:
    here: {slots: 4}
    lab: {devices: {rock: 1, pi: 1}, queue: {pi: 1}}
  shell: {directory: SHELL, templates: [templates]}
"""


@dataclass
class Site:
    """The folder of a site, and all that happens there; `hindrance` keeps it from sending."""

    root: Path
    now: datetime = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    nodes: dict[str, Any] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    hindrance: str | None = None

    def write(self, text: str = SITE) -> None:
        """Write the configuration."""
        shell = self.root / "shell"
        (self.root / "kernelci.toml").touch()
        (self.root / "site.yaml").write_text(text.replace("SHELL", str(shell)))
        (self.root / "templates").mkdir(exist_ok=True)
        probe = f"echo {{{{ run }}}} >>{self.root}/ran\n"
        (self.root / "templates" / "probe.sh.jinja2").write_text(probe)

    def checkout(self, name: str, commit: str = "a" * 40, **revision: Any) -> dict[str, Any]:
        """Return the event of a checkout that became available, and keep its node."""
        kernel = {
            "tree": "harbor",
            "branch": "master",
            "commit": commit,
            "version": {"version": 6, "patchlevel": 16},
            **revision,
        }
        node = {
            "id": name,
            "kind": "checkout",
            "name": "checkout",
            "path": ["checkout"],
            "parent": None,
            "created": self.now.isoformat(),
            "data": {"kernel_revision": kernel},
            "state": "available",
            "result": None,
        }
        self.nodes[name] = node
        told = {key: node[key] for key in ("id", "kind", "name", "path", "state", "data")}
        return {"op": "updated", "previous_state": "running", "previous_result": None} | told

    def batch(self, *events: dict[str, Any]) -> Batch:
        """Return a batch of these events."""
        path = self.root / "events.jsonl"
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        return read_events(path)

    def ledger(self) -> Ledger:
        """Open the ledger."""
        return Ledger.open(f"sqlite:///{self.root}/ledger.db")

    def planner(self, ledger: Ledger) -> Planner:
        """Return a planner as of the site's time; really sleeping, for real processes."""
        catalog = load_catalog(self.root)
        runtimes = open_runtimes(catalog, self.root / "kernelci.toml")
        return Planner(
            catalog,
            self.policy,
            ledger,
            runtimes,
            clock=lambda: self.now,
            timer=time.monotonic,
            sleep=time.sleep,
            hindered=lambda: self.hindrance,
        )

    def cycle(
        self, *events: dict[str, Any], later: timedelta = timedelta(), wait: bool = True
    ) -> CycleReport:
        """Do one cycle with these events, so much later than the last one."""
        self.now += later
        with self.ledger() as ledger:
            planner = self.planner(ledger)
            return planner.cycle(self.batch(*events), NodeFile(self.nodes), wait=wait)

    def ran(self) -> list[str]:
        """Return the runs whose script really ran, once for each time that it did."""
        path = self.root / "ran"
        return path.read_text().split() if path.exists() else []


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a site with its configuration written."""
    made = Site(tmp_path)
    made.write()
    return made


@pytest.fixture
def states(site: Site) -> Callable[[], dict[str, int]]:
    """Return a function that counts the runs in the ledger by state."""

    def count() -> dict[str, int]:
        with site.ledger() as ledger:
            counts: dict[str, int] = {}
            for row in ledger.status().counts:
                counts[row.state] = counts.get(row.state, 0) + row.runs
            return counts

    return count

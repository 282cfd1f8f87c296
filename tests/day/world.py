# SPDX-License-Identifier: LGPL-2.1-or-later
"""The world around a planner: time that is told to go on, checkouts, and labs that do jobs."""

import json
import random
import re
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from tests.kernelci.double import ADMIN, Double, Fault, nodes
from tests.kernelci.nodes import REVISION, checkout
from tests.runtimes.lava import double as lava
from tests.runtimes.lava.double import TOKEN, Lab

START = datetime(2026, 11, 24, tzinfo=UTC)
STEP = timedelta(minutes=3)
LABS, TYPES, OF_EACH, DEVICES = 10, 12, 4, 4
ENTRIES, RUNS = 10, 3
BRANCHES = 40
KEPT = timedelta(hours=3)  # what is over is kept so long by those who are asked
DEADLINE_S = 3
_NODE_ID = re.compile(r"\b[0-9a-f]{24}\b")
_FAILURES: tuple[tuple[str, lava.Fault], ...] = (
    ("GET", lava.html),
    ("POST", lava.html),
    ("POST", lava.html_after),
    ("POST", lava.closed_after),
    ("GET", lava.garbage),
    ("GET", lava.closed),
)
_API_FAILURES = (
    Fault("lost", "POST", "/node$"),
    Fault("late error", "POST", "/node$"),
    Fault("error", "POST", "/node$"),
    Fault("cut", "POST", "/node$"),
)


def _hangs(act: Any) -> lava.Answer | None:
    time.sleep(DEADLINE_S + 0.5)
    return None


@dataclass
class World:
    """An API, labs, and what happens to both, from a seed.

    `jobs` counts jobs of labs by the node that they are for, `made` nodes by their run.
    """

    folder: Path
    seed: int
    double: Double = field(init=False)
    labs: dict[str, Lab] = field(default_factory=dict)
    now: datetime = START
    checkouts: int = 0
    outages: int = 0
    jobs: Counter[str] = field(default_factory=Counter)
    made: dict[str, set[str]] = field(default_factory=dict)
    _ends: dict[tuple[str, int], datetime] = field(default_factory=dict)
    _away: dict[str, int] = field(default_factory=dict)  # steps that a lab's failure lasts
    _seen: dict[str, int] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.draw = random.Random(self.seed)
        self.double = self._stack.enter_context(Double(clock=lambda: self.now.replace(tzinfo=None)))
        for number in range(LABS):
            lab = self._stack.enter_context(Lab(clock=lambda: self.now))
            for kind in range(OF_EACH):
                lab.add(f"board-{(number + 3 * kind) % TYPES}", *["Good"] * DEVICES)
            self.labs[f"lab-{number}"] = lab
        self._write()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def check_out(self) -> None:
        """Have a checkout become available, each a new revision of one of some branches."""
        branch, self.checkouts = f"b{self.checkouts % BRANCHES}", self.checkouts + 1
        revision = REVISION | {"branch": branch, "commit": f"{self.checkouts:040x}"}
        data = {"kernel_revision": revision}
        made = nodes.create(
            self.double.state, "admin", checkout(treeid=f"t{self.checkouts}", data=data)
        )
        nodes.replace(
            self.double.state, "admin", made["id"], made | {"state": "available"}, event=True
        )

    def go_on(self, *, calm: bool = False) -> None:
        """Let three minutes pass; nothing fails after them if they are `calm`."""
        self.now += STEP
        for name, lab in self.labs.items():
            with lab.lock:
                self._work(name, lab)
            self._fail(name, lab, calm=calm)
        self.double.faults.clear()
        if not calm and self.draw.random() < 0.1:
            self.double.faults.append(self.draw.choice(_API_FAILURES))
        self.count()
        self._forget()

    def count(self) -> None:
        """Note the nodes that were created for runs, and the jobs that labs have."""
        for node in list(self.double.state.nodes.values()):
            run = node["data"].get("planner", {}).get("run")
            if run is not None:
                self.made.setdefault(run, set()).add(node["id"])
        for name, lab in self.labs.items():
            for number in list(lab.jobs):
                if number > self._seen.get(name, 0):
                    self.jobs[_node_of(lab.jobs[number])] += 1
            self._seen[name] = max([self._seen.get(name, 0), *lab.jobs])

    def _work(self, name: str, lab: Lab) -> None:
        """End the jobs whose time is over, and start others on the devices that are free."""
        for number, job in lab.jobs.items():
            if job["state"] == "Running" and self._ends[name, number] <= self.now:
                spoiled = self.draw.random() < 0.03
                lab.end(number, *(("Incomplete", "Infrastructure") if spoiled else ("Complete",)))
                self._tell(_node_of(job), "incomplete" if spoiled else "pass")
        busy = Counter(
            job["requested_device_type"] for job in lab.jobs.values() if job["state"] == "Running"
        )
        queue = [number for number, job in lab.jobs.items() if job["state"] == "Submitted"]
        for number in sorted(queue, key=lambda one: (-lab.jobs[one]["priority"], one)):
            kind = lab.jobs[number]["requested_device_type"]
            if busy[kind] < DEVICES:
                busy[kind] += 1
                lab.start(number)
                self._ends[name, number] = self.now + timedelta(minutes=self.draw.uniform(4, 22))
        taken: Counter[str] = Counter()
        for device in lab.devices:
            taken[device["device_type"]] += 1
            runs = taken[device["device_type"]] <= busy[device["device_type"]]
            device["state"] = "Running" if runs else "Idle"

    def _tell(self, node_id: str, result: str) -> None:
        """Have the node of a job be over, as KernelCI's callback has it."""
        node = self.double.state.nodes.get(node_id)
        if node is not None and node["state"] != "done":
            over = {**node, "state": "done", "result": result}
            nodes.replace(self.double.state, "admin", node_id, over, event=True)

    def _fail(self, name: str, lab: Lab, *, calm: bool) -> None:
        left = self._away[name] = 0 if calm else max(0, self._away.get(name, 0) - 1)
        if left:
            return
        lab.faults.clear()
        if not calm and self.draw.random() < 1 / 80:
            method, fault = self.draw.choice((*_FAILURES, ("GET", _hangs), ("POST", _hangs)))
            lab.faults[method] = fault
            self._away[name] = self.draw.randint(1, 15)
            self.outages += 1

    def _forget(self) -> None:
        """Forget what is long over: who grows here must be the planner."""
        before = (self.now - KEPT).replace(tzinfo=None).isoformat()
        state = self.double.state
        with state.changed:
            for node_id, node in list(state.nodes.items()):
                if node["state"] == "done" and node["updated"] < before:
                    del state.nodes[node_id]
            state.events[:] = [event for event in state.events if event["timestamp"] >= before]
            state.telemetry.clear()
        self.double.requests.clear()
        for name, lab in self.labs.items():
            lab.asked.clear()
            for number, job in list(lab.jobs.items()):
                if job["state"] == "Finished" and job["end_time"] < before:
                    del lab.jobs[number]
                    lab.tests.pop(number, None)
                    self._ends.pop((name, number), None)

    def _write(self) -> None:
        site = self.folder / "site"
        site.mkdir(parents=True)
        kinds = [f"board-{number}" for number in range(TYPES)]
        event = {"channel": "node", "kind": "checkout", "state": "available"}
        place = {"runtime": {"type": "lava"}, "platforms": None, "criteria": {"arch": "arm64"}}
        entries = [
            {"job": f"job-{n}", "event": event, **place, "runs": {"number": RUNS}}
            for n in range(ENTRIES)
        ]
        for entry in entries:
            del entry["platforms"]
        capacity = {"source": "lava", "unknown": "last-known", "deadline": DEADLINE_S}
        content = {
            "jobs": {
                f"job-{n}": {"kind": "job", "template": "boot.jinja2"} for n in range(ENTRIES)
            },
            "platforms": {kind: {"arch": "arm64"} for kind in kinds},
            "runtimes": {
                name: {"lab_type": "lava", "url": lab.url} for name, lab in self.labs.items()
            },
            "scheduler": entries,
            "api": {"local": {"url": self.double.url}},
            "planner": {
                "events": {"api": "local", "source": "poll", "lookback": "10m"},
                "templates": ["."],
                "submit": {"lava": "live"},
                "capacity": {"lava": capacity},
                "retries": {"by": "planner"},
            },
        }
        (site / "site.yaml").write_text(json.dumps(content))
        boot = "job_name: '{{ name }}'\ndevice_type: {{ device_type }}\npriority: {{ priority }}\n"
        (site / "boot.jinja2").write_text(boot)
        secrets = f'[kci.secrets]\napi.local.token = "{ADMIN}"\n'
        secrets += "".join(f'[runtime.{name}]\nruntime_token = "{TOKEN}"\n' for name in self.labs)
        (self.folder / "kernelci.toml").write_text(secrets)


def _node_of(job: dict[str, Any]) -> str:
    found = _NODE_ID.search(job["description"])
    assert found is not None, job["description"]
    return found[0]

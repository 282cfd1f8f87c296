# SPDX-License-Identifier: LGPL-2.1-or-later
"""Three real checkouts become the nodes that the reference makes of them, each once."""

import json
import lzma
import time
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from models import (
    Dispatch,
    LabType,
    Order,
    Outcome,
    PlannerSettings,
    Policy,
    RunState,
    RuntimeCapacity,
    Sent,
    SubmitMode,
)
from planner.config import load_catalog
from planner.cycle import Planner
from planner.events import read_events, read_nodes
from planner.kernelci import Api, CycleNodes
from planner.ledger import Ledger
from tests.kernelci.double import ADMIN, Double


class Taker:
    """A runtime that takes everything, and numbers its jobs if it is a lab."""

    settles = 0

    def __init__(self, name: str, lab_type: LabType) -> None:
        self.name, self.lab_type = name, lab_type
        self.taken: list[Dispatch] = []
        self.asked = 0  # as often as a lab would be, where one of its kind is asked most

    def job_id(self, run: str) -> str | None:
        """Return the name of a job that is no lab's."""
        return f"job-{run}" if self.lab_type is LabType.KUBERNETES else None

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return that there is room."""
        self.asked += 2 + len(device_types)
        return RuntimeCapacity(runtime=self.name)

    def render(self, dispatch: Dispatch) -> str:
        """Return the least that can be a definition."""
        return str(dispatch.node["id"])

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Take a run."""
        self.taken.append(dispatch)
        return self.job_id(dispatch.order.run) or f"{len(self.taken)}"

    def find(self, order: Order) -> str | None:
        """Find nothing: nobody ever has to look."""
        raise AssertionError

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Tell that all is on its way."""
        self.asked += 1 + len(runs) // 100
        return tuple(Outcome(run=sent.run, state=RunState.SUBMITTED) for sent in runs)

    def cancel(self, run: Sent) -> None:
        """Cancel nothing."""
        raise AssertionError


@pytest.fixture
def kernelci(shared: Path) -> Path:
    """Return where the recorded events are."""
    return shared / "kernelci"


def test_the_nodes_of_three_checkouts(kernelci: Path, tmp_path: Path) -> None:
    """1,364 places are 1,364 nodes, each for its parent; every parent is read once."""
    catalog = load_catalog(kernelci / "config")
    live = dict.fromkeys(catalog.runtimes, SubmitMode.LIVE)
    settings = PlannerSettings(in_flight=8, submit=live)
    catalog = catalog.model_copy(update={"planner": settings})
    batch = read_events(str(kernelci / "events.jsonl.xz"))
    last = max(event.timestamp for event in batch.events if event.timestamp)
    labs = {name: Taker(name, known.lab_type) for name, known in catalog.runtimes.items()}
    with Double() as double, Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        for node in read_nodes(kernelci / "nodes.jsonl.xz").nodes.values():
            double.state.nodes[node["id"]] = node
        with lzma.open(kernelci / "events.jsonl.xz") as file:
            double.state.events += [json.loads(line) for line in file]
        api = Api(double.url, SecretStr(ADMIN))
        planner = Planner(
            catalog,
            Policy(deadline=30 * 86400, valid_for=86400),
            ledger,
            labs,
            clock=lambda: last + timedelta(minutes=1),
            timer=time.monotonic,
            sleep=time.sleep,
        )
        report = planner.cycle(batch, CycleNodes(api), api=api)
        asked = len(double.requests) + sum(lab.asked for lab in labs.values())
        again = planner.cycle(batch, CycleNodes(api), api=api)
    assert not report.untold
    made = Counter(
        (node["parent"], node["name"], node["data"]["runtime"], node["data"]["platform"])
        for node in double.state.nodes.values()
        if "planner" in node["data"]
    )
    lines = (kernelci / "expected" / "demand.jsonl").read_text().splitlines()
    told = map(json.loads, lines)
    assert made == Counter((t["parent"], t["job"], t["runtime"], t["platform"]) for t in told)
    assert max(made.values()) == 1
    assert sum(len(lab.taken) for lab in labs.values()) == len(lines) == 1364
    assert len(report.submission.submitted) == 1364
    assert again.submission.submitted == []
    read = Counter(r.path for r in double.requests if r.path.startswith("/node/") and not r.body)
    assert max(read.values(), default=1) == 1
    numbered = [lab for lab in labs.values() if lab.lab_type is not LabType.KUBERNETES]
    assert double.count("PATCH", "/node") == sum(len(lab.taken) for lab in numbered) == 1177
    assert double.count("GET", "") < 100
    # Beyond the one that creates its node, and the one that creates its job, none of which is here.
    assert asked - 1364 <= 1364

# SPDX-License-Identifier: LGPL-2.1-or-later
"""How many requests a run costs, by kind of runtime: a site with an API and one place of a kind.

`python -m tests.cycle.requests` prints what the table of docs/kernelci-api.md is made of.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from models import Policy
from planner.cli.collecting import Collector
from planner.cli.inputs import Inputs
from planner.cli.runtimes import open_runtimes
from planner.config import load_catalog
from planner.cycle import Planner
from planner.kernelci import TOKEN_VARIABLE
from planner.ledger import Ledger
from tests.kernelci.double import ADMIN, Double, nodes
from tests.kernelci.nodes import checkout
from tests.runtimes.containers import conftest as containers
from tests.runtimes.kubernetes import double as kubernetes
from tests.runtimes.kubernetes.objects import node
from tests.runtimes.lava.double import TOKEN, Lab

SITE = """\
jobs: {boot: {kind: job, template: boot.jinja2, image: gcc}}
platforms: {rock: {arch: arm64}}
runtimes:
  place: {lab_type: KIND, MORE}
scheduler:
  - {job: boot, event: {channel: node, kind: checkout, state: available},
     runtime: {name: place}, platforms: [rock], runs: {number: RUNS}}
api: {local: {url: "API"}}
planner:
  events: {api: local, lookback: 1h}
  templates: [templates]
  submit: {KIND: live}
  in_flight: 8
  capacity: {place: {CAPACITY}}
  shell: {directory: FOLDER/shell, templates: [templates]}
  pull_labs: {directory: FOLDER/stored, url: "http://files.example"}
"""
TEMPLATES = {
    "kubernetes": """\
apiVersion: batch/v1
kind: Job
metadata: {name: "{{ k8s_job_name }}"}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
""",
    "shell": "true\n",
    "docker": "true\n",
}
TEMPLATE = "job_name: '{{ name }}'\ndevice_type: {{ device_type }}\npriority: {{ priority }}\n"

# What creates a job, which every scheduler has to send.
CREATION = {
    "lava": ("POST jobs/",),
    "kubernetes": ("POST /apis/batch/v1/namespaces/jobs/jobs",),
    "docker": ("create", "archive", "start"),
}
KINDS = ("lava", "kubernetes", "docker", "shell", "pull_labs")


class Cost(NamedTuple):
    """What a cycle asked beside what creates nodes and jobs: of the API, and of the place."""

    api: Counter[str]
    place: Counter[str]

    @property
    def total(self) -> int:
        """How many requests that were."""
        return self.api.total() + self.place.total()


@contextmanager
def _place(kind: str, folder: Path) -> Iterator[tuple[str, str, Callable[[], list[str]]]]:
    """Give the keys of a place, of its capacity, and what it was asked until now."""
    with ExitStack() as stack:
        if kind == "lava":
            lab = stack.enter_context(Lab())
            lab.add("rock", *["Good"] * 200)
            yield f'url: "{lab.url}"', "source: lava", lambda: lab.asked
        elif kind == "kubernetes":
            cluster = kubernetes.Memory(nodes=[node(cpu="900", memory="900Gi", pods="900")])
            url = stack.enter_context(kubernetes.serving(cluster.answer))
            kubernetes.write_kubeconfig(folder / "kubeconfig", {"one": url})
            stack.enter_context(patch.dict(os.environ, KUBECONFIG=str(folder / "kubeconfig")))
            yield "context: one", "source: kubernetes", lambda: cluster.asked
        elif kind == "docker":
            engine = containers.Engine()
            url = stack.enter_context(containers.serving(engine))
            yield f'url: "{url}", timeout: 1000000000', "slots: 200", lambda: engine.asked
        else:
            yield "", "slots: 200", list


def costs(kind: str, runs: int, cycles: int) -> list[Cost]:
    """Return the cost of each of some cycles, with so many runs sent to a place of a kind in each.

    Nothing that is sent there ends, but in a shell, where the cycle waits for it.
    """
    found = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        double = stack.enter_context(Double())
        more, capacity, asked = stack.enter_context(_place(kind, folder))
        stack.enter_context(patch.dict(os.environ, {TOKEN_VARIABLE: ADMIN}))
        text = SITE.replace("KIND", kind).replace("MORE", more).replace("CAPACITY", capacity)
        (folder / "site.yaml").write_text(
            text.replace("RUNS", str(runs))
            .replace("API", double.url)
            .replace("FOLDER", str(folder))
        )
        (folder / "templates").mkdir()
        (folder / "templates" / "boot.jinja2").write_text(TEMPLATES.get(kind, TEMPLATE))
        (folder / "kernelci.toml").write_text(f'[runtime.place]\nruntime_token = "{TOKEN}"\n')
        ledger = stack.enter_context(Ledger.open(f"sqlite:///{folder}/ledger.db"))
        for number in range(cycles):
            _checkout(double, number)
            before = len(double.requests), len(asked())
            assert _cycle(folder, ledger, number, wait=kind == "shell") == runs
            api = Counter(
                f"{one.method} {'/node/ID' if one.path.startswith('/node/') else one.path}"
                for one in double.requests[before[0] :]
            )
            place = Counter(asked()[before[1] :])
            assert api.pop("POST /node") == runs
            for request in CREATION.get(kind, ()):
                assert place.pop(request) == runs
            found.append(Cost(api, place))
    return found


def _checkout(double: Double, number: int) -> None:
    made = nodes.create(double.state, "admin", checkout(treeid=f"t{number}"))
    nodes.replace(double.state, "admin", made["id"], made | {"state": "available"}, event=True)


def _cycle(folder: Path, ledger: Ledger, number: int, *, wait: bool) -> int:
    """Do a cycle, as the service does, and return how many runs were sent."""
    now = datetime.now(UTC) + timedelta(minutes=3 * number)
    catalog = load_catalog(folder)
    collector = Collector(None, None, folder / "kernelci.toml")
    with collector.batch(catalog, ledger, Inputs()) as collected:
        planner = Planner(
            catalog,
            Policy(supersede=False),
            ledger,
            open_runtimes(catalog, folder / "kernelci.toml"),
            clock=lambda: now,
            timer=time.monotonic,
            sleep=time.sleep,
        )
        report = planner.cycle(collected.batch, collected.nodes, api=collected.api, wait=wait)
    assert not report.untold
    return len(report.submission.submitted)


def main() -> None:
    """Print a line for each kind of runtime, and a column for each number of runs in a cycle."""
    numbers = (1, 10, 100)
    for kind in KINDS:
        for runs in numbers:
            cost = costs(kind, runs, 3)[-1]
            line = (
                f"{kind:12}{runs:5}{cost.total / runs:8.2f}  {dict(cost.api)} {dict(cost.place)}\n"
            )
            sys.stdout.write(line)


if __name__ == "__main__":
    main()

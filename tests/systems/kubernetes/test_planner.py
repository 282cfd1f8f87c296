# SPDX-License-Identifier: LGPL-2.1-or-later
"""The planner itself, as a user starts it, with two real clusters to place runs in."""

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from kubernetes.utils import parse_quantity

from tests.systems.kubernetes.conftest import Cluster

# 200 runs: 205 CPUs and 400 GiB, of which there are 112 and 336.
KINDS = {
    "small": (80, "500m", "512Mi"),
    "even": (60, "1", "2Gi"),
    "processors": (30, "3", "1Gi"),
    "memory": (30, "500m", "7Gi"),
}
SITE = """\
jobs:
{jobs}
platforms: {{kubernetes: {{}}}}
runtimes:
  k8s: {{lab_type: kubernetes, context: [north, south]}}
scheduler:
{entries}
planner:
  ledger: sqlite:///{root}/ledger.db
  events: {{file: events.jsonl}}
  templates: [.]
  submit: {{k8s: live}}
  capacity:
    k8s: {{source: kubernetes}}
"""
TEMPLATE = """\
apiVersion: batch/v1
kind: Job
spec:
  template:
    metadata:
      annotations: {test/seconds: "1"}
    spec:
      containers:
      - name: job
        image: busybox
        resources:
          requests: {cpu: {{ cpu | tojson }}, memory: {{ memory | tojson }}}
"""
EVENT = {
    "op": "created",
    "id": "5dad68219c542cabd097ad81",
    "kind": "checkout",
    "name": "checkout",
    "path": ["checkout"],
    "state": "available",
    "data": {
        "kernel_revision": {
            "tree": "tree",
            "branch": "main",
            "commit": "c0ffee",
            "version": {"version": 6, "patchlevel": 16},
        }
    },
}


def make_site(root: Path) -> None:
    """Write a site with entries for all runs, and the event that asks for them."""
    jobs = [
        f"  {name}: {{kind: job, template: job.jinja2, params: {{cpu: '{cpu}', memory: {memory}}}}}"
        for name, (_, cpu, memory) in KINDS.items()
    ]
    entries = [
        f"  - {{job: {name}, event: {{channel: node, kind: checkout, state: available}},"
        f" runtime: {{name: k8s}}, runs: {{number: {number}}}}}"
        for name, (number, _, _) in KINDS.items()
    ]
    site = SITE.format(jobs="\n".join(jobs), entries="\n".join(entries), root=root)
    (root / "site.yaml").write_text(site)
    (root / "job.jinja2").write_text(TEMPLATE)
    (root / "events.jsonl").write_text(json.dumps(EVENT))


def cycle(root: Path) -> str:
    """Do one cycle as a user does, and wait for its runs."""
    program = Path(sys.executable).with_name("kci-planner")
    command = [str(program), "run", "-c", str(root), "--once"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_two_hundred_jobs(clusters: dict[str, Cluster], tmp_path: Path) -> None:
    """200 runs go where CPU and memory are, each once; no cycle sends more than fits at once."""
    north, south = clusters.values()
    for number in range(4):
        north.add_node(f"processors-{number}", "20", "20Gi")
        south.add_node(f"memory-{number}", "8", "64Gi")
    make_site(tmp_path)
    cycles = 0
    while len(north.jobs()) + len(south.jobs()) < 200:
        before = {job.metadata.name for each in (north, south) for job in each.jobs()}
        cycle(tmp_path)
        cycles += 1
        for each, cpu, memory in ((north, 80, 80), (south, 32, 256)):
            sent = [job for job in each.jobs() if job.metadata.name not in before]
            asked = [job.spec.template.spec.containers[0].resources.requests for job in sent]
            assert sum(parse_quantity(one["cpu"]) for one in asked) <= cpu
            assert sum(parse_quantity(one["memory"]) for one in asked) <= memory * 2**30
        assert cycles <= 3  # two would do if nodes had no corners that nothing fits in
    names = [job.metadata.name for each in (north, south) for job in each.jobs()]
    assert len(names) == len({*names}) == 200
    assert all(job.status.succeeded == 1 for each in (north, south) for job in each.jobs())
    ends = _ends(tmp_path / "ledger.db")
    assert ends == Counter({("finished", "pass"): 200})


def _ends(path: Path) -> Counter[Any]:
    """Count the runs in a ledger by state and result."""
    with sqlite3.connect(path) as ledger:
        return Counter(ledger.execute("SELECT state, result FROM run").fetchall())

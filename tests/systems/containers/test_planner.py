# SPDX-License-Identifier: LGPL-2.1-or-later
"""The planner itself, as a user starts it, with a real engine to run in."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.systems.containers.conftest import Site
from tests.systems.containers.podman import IMAGE

SITE = f"""\
jobs:
  hello: {{kind: job, template: hello.jinja2, image: '{IMAGE}'}}
  fails: {{kind: job, template: fails.jinja2, image: '{IMAGE}'}}
platforms: {{docker: {{}}}}
runtimes:
  tools: {{lab_type: docker, env_file: job.env}}
scheduler:
  - job: hello
    event: {{channel: node, kind: checkout}}
    runtime: {{type: docker}}
    runs: {{number: 4}}
  - {{job: fails, event: {{channel: node, kind: checkout}}, runtime: {{type: docker}}}}
planner:
  ledger: sqlite:///ledger.db
  events: {{file: events.jsonl}}
  templates: [.]
  submit: {{tools: live}}
  capacity:
    tools: {{source: docker, slots: 3, max_runs: 3}}
"""
EVENT = {
    "op": "created",
    "id": "5dad68219c542cabd097ad81",
    "kind": "checkout",
    "name": "checkout",
    "path": ["checkout"],
    "state": "available",
    "data": {"kernel_revision": {"tree": "tree", "branch": "main", "commit": "c0ffee"}},
}


def test_cycles(site: Site, tmp_path: Path) -> None:
    """All runs are sent over two cycles, each once, and what became of them is in the ledger."""
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "events.jsonl").write_text(json.dumps(EVENT))
    (tmp_path / "job.env").write_text("TOKEN=of-great-value\n")
    (tmp_path / "hello.jinja2").write_text("echo {{ node.id }} has $TOKEN\n")
    (tmp_path / "fails.jinja2").write_text("exit 2\n")
    program = Path(sys.executable).with_name("kci-planner")
    said = ""
    for _ in range(3):
        done = subprocess.run(
            [
                str(program),
                "run",
                "-c",
                "site.yaml",
                "--once",
            ],
            cwd=tmp_path,
            env=os.environ | {"DOCKER_HOST": site.podman.url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    assert len(site.api.containers.list(all=True)) == 5
    with sqlite3.connect(tmp_path / "ledger.db") as ledger:
        ends = ledger.execute("SELECT job, result, exit_status, detail FROM run ORDER BY key")
        found = sorted(ends.fetchall())
    assert [each[:3] for each in found] == [("fails", "fail", 2)] + [("hello", "pass", 0)] * 4
    assert all(each[3].endswith("has ***") for each in found[1:])
    assert "of-great-value" not in said
    assert b"of-great-value" not in (tmp_path / "ledger.db").read_bytes()

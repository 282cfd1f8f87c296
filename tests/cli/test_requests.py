# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a run costs an API and a lab, over all that a planner asks of either."""

from collections import Counter
from pathlib import Path

import pytest

from planner.kernelci import TOKEN_VARIABLE
from tests.cli.conftest import Kci
from tests.kernelci.double import ADMIN, Double, nodes
from tests.kernelci.nodes import REVISION, checkout
from tests.runtimes.lava.double import TOKEN, Lab

RUNS = 30
SITE = """\
jobs: {boot: {kind: job, template: boot.jinja2}}
platforms: {rock: {arch: arm64}}
runtimes: {lab: {lab_type: lava, url: "LAB"}}
scheduler:
  - {job: boot, event: {channel: node, kind: checkout, state: available},
     runtime: {name: lab}, platforms: [rock], runs: {number: RUNS}}
api: {local: {url: "API"}}
planner:
  events: {api: local, source: poll, lookback: 1h}
  templates: [.]
  submit: {lab: live}
"""
BOOT = "job_name: {{ name }}\ndevice_type: {{ device_type }}\n"


def test_requests_for_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kci: Kci) -> None:
    """In the steady state a run takes its node, its job and one word of it; the rest is shared."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(TOKEN_VARIABLE, ADMIN)
    with Double() as double, Lab() as lab:
        lab.add("rock", *["Good"] * RUNS)
        site = SITE.replace("LAB", lab.url).replace("API", double.url).replace("RUNS", str(RUNS))
        (tmp_path / "site.yaml").write_text(site)
        (tmp_path / "boot.jinja2").write_text(BOOT)
        (tmp_path / "kernelci.toml").write_text(f'[runtime.lab]\nruntime_token = "{TOKEN}"\n')
        for number in (1, 2):
            _check_out(double, number)
            double.requests.clear()
            lab.asked.clear()
            done = kci("run", "-c", "site.yaml", "--once", "--no-wait")
            assert done.code == 0, done.err
            assert len(lab.jobs) == number * RUNS
    asked = Counter(one.method for one in double.requests)
    asked.update(one.partition(" ")[0] for one in lab.asked)
    # The last of the three says at the node what its job is. Telemetry is one request a cycle.
    assert asked["POST"] - 1 == 2 * RUNS
    assert asked["PATCH"] == RUNS
    # Of the API: events, the new checkout, and the runs' nodes a hundred at a time. Of the lab:
    # devices, workers, the queue of the one type, and the jobs under way before and after.
    assert asked["GET"] <= 3 + 5
    assert asked.total() == asked["POST"] + asked["PATCH"] + asked["GET"]


def _check_out(double: Double, number: int) -> None:
    revision = REVISION | {"branch": f"b{number}", "commit": f"{number:040x}"}
    wanted = checkout(treeid=f"t{number}", data={"kernel_revision": revision})
    made = nodes.create(double.state, "admin", wanted)
    available = made | {"state": "available"}
    nodes.replace(double.state, "admin", made["id"], available, event=True)

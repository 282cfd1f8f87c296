# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner run` as a service: watched, stopped, stood by for."""

import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cli.test_run import command, kci

SITE = """\
jobs:
  probe: {kind: job, template: probe.sh.jinja2}
platforms: {shell: {}}
runtimes: {here: {lab_type: shell}}
scheduler: []
planner:
  events: {file: events.jsonl}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a site to which nothing happens."""
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "events.jsonl").write_text("")
    return tmp_path


@contextmanager
def service(folder: Path, port: int, *args: str) -> Iterator[subprocess.Popen[str]]:
    """Give a service that is watched at that port."""
    line = command("--log", "json", "run", "-c", "site.yaml", "--every", "1s", *args)
    line += ["--monitor", f"127.0.0.1:{port}"]
    with subprocess.Popen(
        line, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def until(port: int, **wanted: Any) -> dict[str, Any]:
    """Wait until the service says so of its health, and return what it says."""
    end = time.monotonic() + 60
    state: dict[str, Any] = {}
    while not state or not state.items() >= wanted.items():
        assert time.monotonic() < end, state
        time.sleep(0.1)
        try:
            state = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).json()
        except requests.ConnectionError:
            continue
    return state


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def port() -> int:
    """Return the port of a service."""
    return free_port()


def test_watched_and_stopped(folder: Path, port: int) -> None:
    """It answers who watches, and ends with 0 when it is told to stop."""
    with service(folder, port) as process:
        assert until(port, role="leading")["well"]
        measures = ""
        while not re.search(r'^kci_planner_cycles_total\{outcome="done"\} [1-9]', measures, re.M):
            measures = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_failing_cycles_are_seen(folder: Path, port: int) -> None:
    """A configuration that gets broken fails cycles, not the service; mended, it goes on."""
    site = (folder / "site.yaml").read_text()
    with service(folder, port) as process:
        until(port, role="leading", failure=None)
        (folder / "site.yaml").write_text("jobs: [")
        while "site.yaml" not in str(until(port)["failure"]):
            time.sleep(0.1)
        (folder / "site.yaml").write_text(site)
        until(port, failure=None)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    lines = [json.loads(line) for line in errors.splitlines()]
    assert any("site.yaml" in line["event"] and line["cycle"] for line in lines)


def test_a_standby_takes_over(folder: Path, port: int) -> None:
    """It waits while the other lives, and leads once that is killed; without, it exits with 4."""
    with service(folder, port) as first:
        until(port, role="leading")
        assert kci(folder, "run", "-c", "site.yaml", "--every", "1s").returncode == 4
        other = free_port()
        with service(folder, other, "--standby") as second:
            assert until(other, role="standby")["well"]
            first.kill()
            until(other, role="leading")
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0

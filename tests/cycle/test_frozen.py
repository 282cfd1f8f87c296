# SPDX-License-Identifier: LGPL-2.1-or-later
"""A planner that is frozen right before it sends, and wakes up when another one leads."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from planner.cli.runtimes import open_runtimes
from planner.config import load_catalog
from planner.cycle import Planner
from planner.events import NodeFile
from tests.cycle.conftest import Site
from tests.runtimes.lava.double import TOKEN, Answer, Lab

SITE = """\
jobs: {boot: {kind: job, template: boot.jinja2}}
platforms: {rock: {arch: arm64}}
runtimes: {lab: {lab_type: lava, url: 'URL'}}
scheduler:
  - {job: boot, event: {channel: node, kind: checkout, state: available}, runtime: {name: lab},
     platforms: [rock]}
planner: {templates: [templates], submit: {lava: live}}
"""
# The last moment at which anything here could still keep the request back is over.
CHILD = """
import signal, sys, threading
from datetime import datetime
from pathlib import Path
from planner.runtimes.lava.rest import Rest
from tests.cycle.test_frozen import cycle
post = Rest.post
def frozen(self, path, body):
    # Sent to the process, it may stop another thread first, and this one goes on for a moment.
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    return post(self, path, body)
Rest.post = frozen
cycle(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


def cycle(root: Path, now: datetime) -> None:
    """Do a cycle at that time, as the one that leads."""
    site = Site(root, now=now)
    catalog = load_catalog(root)
    with site.ledger() as ledger, ledger.lock() as lead:
        planner = Planner(
            catalog,
            site.policy,
            ledger,
            open_runtimes(catalog, root / "kernelci.toml"),
            clock=lambda: now,
            timer=time.monotonic,
            sleep=time.sleep,
            hindered=lambda: None if lead.holds() else "it does not lead any more",
        )
        planner.cycle(site.batch(site.checkout("c1")), NodeFile(site.nodes))


def _run_out(root: Path) -> None:
    """Have the lease of whoever is frozen be over."""
    with closing(sqlite3.connect(root / "ledger.db")) as ledger:
        ledger.execute("UPDATE leader SET expires = '2000-01-01 00:00:00.000000'")
        ledger.commit()


def _begun(lab: Lab, act: Callable[[], Answer]) -> Answer:
    """Take a job, and have a board begin it at once."""
    answer = act()
    lab.start(max(lab.jobs))
    return answer


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize("cycles", [1, 2])
def test_a_planner_frozen_as_it_sends(tmp_path: Path, cycles: int, *, started: bool) -> None:
    """What it sends late is the run's job if that is still awaited, and else is taken back.

    Only a job that a board began at once stays, and is spoken of.
    """
    site = Site(tmp_path)
    with Lab() as lab:
        lab.add("rock", "Good")
        site.write(SITE.replace("URL", lab.url))
        (tmp_path / "templates" / "boot.jinja2").write_text(
            "job_name: '{{ name }}'\ndevice_type: rock\npriority: {{ priority }}\n"
        )
        (tmp_path / "kernelci.toml").write_text(f'[runtime.lab]\nruntime_token = "{TOKEN}"\n')
        command = [sys.executable, "-c", CHILD, str(tmp_path), site.now.isoformat()]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
            try:
                assert os.WIFSTOPPED(os.waitpid(child.pid, os.WUNTRACED)[1])
                _run_out(tmp_path)
                for number in range(1, cycles + 1):
                    cycle(tmp_path, site.now + timedelta(minutes=3 * number))
                assert len(lab.jobs) == cycles - 1
                if started:
                    lab.faults["POST"] = lambda act: _begun(lab, act)
                child.send_signal(signal.SIGCONT)
                _, said = child.communicate(timeout=60)
            finally:
                child.kill()
        cycle(tmp_path, site.now + timedelta(minutes=9))
        with site.ledger() as ledger:
            (sent,) = ledger.under_way()["lab"]
    assert "another one leads now" in said
    assert sent.job_id == "1"
    late = [job["health"] for number, job in sorted(lab.jobs.items()) if number > 1]
    assert late == ([] if cycles == 1 else ["Unknown" if started else "Canceled"])
    assert ("runs a second time" in said) is (cycles == 2 and started)

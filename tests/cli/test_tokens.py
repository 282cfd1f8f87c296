# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tokens of the API and of labs are nowhere but in requests, also when the planner crashes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from planner.kernelci import TOKEN_VARIABLE
from tests.cli.test_run import command
from tests.cli.test_run_service import free_port
from tests.faults.site import Site
from tests.kernelci.double import ADMIN, Double
from tests.runtimes.lava.double import TOKEN, Answer, Lab, always, html_after

SECRETS = (ADMIN, TOKEN)
REFUSED = always(Answer(403, {"detail": "Invalid token."}))


@dataclass
class Watched:
    """A site whose planners keep all that they say."""

    site: Site
    said: list[str] = field(default_factory=list)

    def run(self, *args: str, code: int | None = None) -> str:
        """Run a command to its end, and return what it printed."""
        environment = {**os.environ, "HOME": str(self.site.folder), TOKEN_VARIABLE: ADMIN}
        done = subprocess.run(
            command("-vv", "--log", "json", *args),
            cwd=self.site.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert code is None or done.returncode == code, done.stderr
        self.said += [done.stdout, done.stderr]
        return done.stdout

    def leaks(self) -> list[str]:
        """Return what holds a token and should not."""
        files = [path for path in self.site.folder.rglob("*") if path.is_file()]
        found = [str(path) for path in files if _holds(path.read_bytes())]
        found += [text for text in self.said if _holds(text.encode())]
        return [one for one in found if not one.endswith("kernelci.toml")]


def _holds(content: bytes) -> bool:
    return any(secret.encode() in content for secret in SECRETS)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """Give a site with an API and a lab, both of which want a token."""
    with Double() as double, Lab() as lab:
        lab.add("rock", "Good", "Good")
        site = Site(tmp_path, double, lab)
        site.write()
        site.check_out(1)
        yield Watched(site)


def test_what_planners_write_and_print_has_no_token(watched: Watched) -> None:
    """Logs at their most talkative, ledger, plans, pages: also where API and lab refuse."""
    site = watched.site
    once = ("run", "-c", "site", "--once", "--no-wait")
    watched.run("doctor", "-c", "site", code=0)
    watched.run(*once, "-o", "json", code=0)
    site.check_out(2)
    site.lab.faults["POST jobs/"] = html_after
    watched.run(*once)
    site.check_out(3)
    site.lab.faults |= {"POST jobs/": REFUSED, "GET": REFUSED}
    watched.run(*once, code=3)
    watched.run("doctor", "-c", "site", code=1)
    watched.run("status", "-c", "site", code=0)
    watched.run("history", "-c", "site", code=0)
    watched.run("report", "1", "-c", "site", "-o", "page.html", code=0)
    assert len(site.lab.jobs) == 4
    assert "Invalid token." in "".join(watched.said)
    assert (site.folder / "page.html").stat().st_size > 0
    assert watched.leaks() == []


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV], ids=lambda one: one.name)
def test_a_planner_that_crashes_leaves_no_core_file(
    watched: Watched, number: signal.Signals
) -> None:
    """With core files allowed there is none, and what it says of its end is clean."""
    folder = watched.site.folder
    if not _leaves_core(folder, [sys.executable, "-c", "import os; os.abort()"]):
        pytest.skip("this machine keeps no core files of anybody")
    port = free_port()
    service = command("-vv", "run", "-c", "site", "--every", "1s")
    watched.site.lab.faults["POST jobs/"] = REFUSED
    with _started(folder, [*service, "--monitor", f"127.0.0.1:{port}"]) as process:
        watched.said.append(_until_cycled(f"http://127.0.0.1:{port}"))
        process.send_signal(number)
        _, status = os.waitpid(process.pid, 0)
    assert os.WTERMSIG(status) == number
    assert not os.WCOREDUMP(status)
    assert "Fatal Python error" in (folder / "said").read_text()
    assert not [path for path in folder.iterdir() if path.name.startswith("core")]
    assert watched.leaks() == []


def _leaves_core(folder: Path, line: list[str]) -> bool:
    with _started(folder / "..", line) as process:
        _, status = os.waitpid(process.pid, 0)
    for path in (folder / "..").glob("core*"):
        path.unlink()
    return os.WCOREDUMP(status)


@contextmanager
def _started(folder: Path, line: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Give a process that may leave core files, and tells how it crashed."""
    environment = {**os.environ, "HOME": str(folder), "PYTHONFAULTHANDLER": "1"}
    with (
        (folder / "said").open("w") as said,
        subprocess.Popen(
            ["/bin/sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", *line],
            cwd=folder,
            env=environment | {TOKEN_VARIABLE: ADMIN},
            stdout=said,
            stderr=said,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _until_cycled(url: str) -> str:
    """Wait until a cycle ended, and return what is told of it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.2)
        try:
            told = requests.get(f"{url}/metrics", timeout=5).text
        except requests.ConnectionError:
            continue
        if "last_cycle_timestamp_seconds 1" in told:
            return told + requests.get(f"{url}/healthz", timeout=5).text
    raise AssertionError("no cycle ended")

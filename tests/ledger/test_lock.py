# SPDX-License-Identifier: LGPL-2.1-or-later
"""One planner at a time."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from models import ExitCode, PlannerError
from planner.ledger import Ledger

HOLD = """
import sys
from planner.ledger import Ledger
with Ledger.open(sys.argv[1]) as ledger, ledger.lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Give another process that holds the lock, until its input ends."""
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def refusal(ledger: Ledger) -> PlannerError:
    """Return the error of a lock that another one holds."""
    with pytest.raises(PlannerError, match="another planner is at work") as caught, ledger.lock():
        pytest.fail("two planners hold the lock")
    return caught.value


def take(ledger: Ledger, within: float) -> None:
    """Take the lock, at the latest after so many seconds."""
    end = time.monotonic() + within
    while True:
        try:
            with ledger.lock():
                return
        except PlannerError:
            assert time.monotonic() < end


def test_another_process_is_kept_out_until_the_lock_goes(url: str) -> None:
    """It is told at once, with the exit code for it; a holder that is killed holds no more."""
    with Ledger.open(url) as ledger, holder(url) as other:
        error = refusal(ledger)
        assert error.exit_code is ExitCode.LOCKED
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        # The kernel lets go at once; a server needs a moment to see that a client is gone.
        take(ledger, within=0 if url.startswith("sqlite") else 10)


def test_the_lock_can_be_taken_again(url: str) -> None:
    """It goes with its block, also when that ends in an error; meanwhile nobody else has it."""

    def fail(one: Ledger, two: Ledger) -> None:
        with one.lock():
            refusal(two)
            raise RuntimeError("oops")

    with Ledger.open(url) as one, Ledger.open(url) as two:
        with pytest.raises(RuntimeError, match="oops"):
            fail(one, two)
        with two.lock():
            refusal(one)
        with one.lock():
            refusal(two)


def test_a_ledger_is_not_migrated_under_a_planner(tmp_path: Path) -> None:
    """While somebody holds the lock of an old ledger, its schema stays."""
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}") as ledger, ledger.lock():
        with sqlite3.connect(path) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            connection.execute("PRAGMA foreign_keys = OFF")
            for (name,) in tables.fetchall():
                connection.execute(f"DROP TABLE {name}")
        with pytest.raises(PlannerError) as caught:
            Ledger.open(f"sqlite:///{path}")
        assert caught.value.exit_code is ExitCode.LOCKED
    Ledger.open(f"sqlite:///{path}").close()


def test_the_holder_is_named(tmp_path: Path) -> None:
    """The error tells which process to look at, whoever held the lock before."""
    (tmp_path / "ledger.db.lock").write_text("4294967296")
    url = f"sqlite:///{tmp_path}/ledger.db"
    with Ledger.open(url) as one, Ledger.open(url) as two, one.lock():
        assert str(refusal(two)).endswith(f"(process {os.getpid()})")


def test_a_lock_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    """Where the lock's file cannot be made, its path is named."""
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}") as ledger:
        (tmp_path / "ledger.db.lock").unlink()
        (tmp_path / "ledger.db.lock").mkdir()
        with pytest.raises(PlannerError, match=f"^{path}.lock: "), ledger.lock():
            pytest.fail("a folder is no lock")


LEASE_S = 0.8
LEAD = """
import sys, time
from planner.ledger import Ledger
with Ledger.open(sys.argv[1]) as ledger, ledger.lock(lease_s=float(sys.argv[2])) as lead:
    print("leads", flush=True)
    for line in sys.stdin:
        try:
            ledger.mark_sought("nobody", __import__("datetime").datetime.now())
            wrote = True
        except Exception as error:
            wrote = type(error).__name__
        print(lead.holds(), wrote, flush=True)
"""


@dataclass
class Leader:
    """Another process that leads on a short lease."""

    process: subprocess.Popen[str]

    def freeze(self) -> None:
        """Have it do nothing until it is asked."""
        self.process.send_signal(signal.SIGSTOP)

    def ask(self) -> str:
        """Wake it up, and return what it says it may do."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        self.process.send_signal(signal.SIGCONT)
        stdin.write("?\n")
        stdin.flush()
        return stdout.readline().strip()


@contextmanager
def leader(url: str) -> Iterator[Leader]:
    """Give another process that leads."""
    command = [sys.executable, "-c", LEAD, url, str(LEASE_S)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "leads\n"
        try:
            yield Leader(process)
        finally:
            process.kill()


def test_a_leader_that_works_is_left_alone(url: str) -> None:
    """Its lease is renewed for as long as it lives, however short that is."""
    with Ledger.open(url) as ledger, leader(url) as other:
        time.sleep(2 * LEASE_S)
        refusal(ledger)
        assert other.ask() == "True True"


def test_a_frozen_leader_cannot_send_when_it_wakes(url: str) -> None:
    """Somebody else leads once its lease is over; what it still tries is refused."""
    with Ledger.open(url) as ledger, leader(url) as other:
        other.freeze()
        refusal(ledger)
        take(ledger, within=20 * LEASE_S)
        with ledger.lock() as lead:
            assert other.ask() == "False LostLeadError"
            assert lead.holds()
            with Ledger.open(url) as third:
                refusal(third)


def test_who_leads_without_the_lock_is_left_alone(url: str) -> None:
    """After the frozen process has gone, and its lock with it, the one that took over leads."""
    with Ledger.open(url) as ledger, Ledger.open(url) as third:
        with leader(url) as other:
            other.freeze()
            take(ledger, within=20 * LEASE_S)
            lock = ledger.lock()
            lock.__enter__()
        refusal(third)
        lock.__exit__(None, None, None)
        with third.lock():
            pass

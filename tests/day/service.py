# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service in a process of its own; whoever started it says how late it is."""

import gc
import os
import resource
import threading
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """What a cycle took, and what the process has after it: megabytes, seconds."""

    rss_mb: float
    cpu_s: float
    ledger_mb: float


class Beat(threading.Event):
    """Waiting is telling what the cycle took, and being told what time it is now, or to stop."""

    def __init__(self, told: Connection) -> None:
        super().__init__()
        self._told = told
        self._cpu = time.process_time()
        self._now, self._since = told.recv(), time.monotonic()

    def clock(self) -> datetime:
        """Return the time, which goes on while a cycle does."""
        now: datetime = self._now + timedelta(seconds=time.monotonic() - self._since)
        return now

    def wait(self, timeout: float | None = None) -> bool:
        """Let the world go on."""
        spent = time.process_time() - self._cpu
        gc.collect()
        self._told.send(Measured(_rss(), spent, _size(Path("run"))))
        now = self._told.recv()
        if now is None:
            self.set()
            return True
        self._now, self._since, self._cpu = now, time.monotonic(), time.process_time()
        return False


def serve(folder: str, told: Connection) -> None:
    """Be the service of the site in `folder` until told to stop."""
    from planner.cli.collecting import Collector
    from planner.cli.service import Service

    os.chdir(folder)
    # What is still to be seen of a file that was printed is no memory of the planner's.
    with Path("said").open("a") as said, redirect_stdout(said), redirect_stderr(said):
        beat = Beat(told)
        Service(
            paths=(Path("site"),),
            collector=Collector(None, None, Path("kernelci.toml"), clock=beat.clock),
            capacity=None,
            ledger=None,
            policy=None,
            solver=None,
            seed=0,
            output_format="table",
            clock=beat.clock,
            stopping=beat,
        ).every(None, monitor="127.0.0.1:0")


def _rss() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.glob("ledger.db*")) / 1e6

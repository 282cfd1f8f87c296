# SPDX-License-Identifier: LGPL-2.1-or-later
"""A planner in a process of its own, to which something is done.

Processes are forked from a server that has everything imported and no threads (the standard
library's fork server), so that one costs a fraction of a second and dying is real.
"""

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from tests.faults.points import die_at, watch_commits, watch_starts

READ_S = 0.6  # how long a planner waits for an API here, so that hanging costs little
BUSY_S = 1.5  # and for a locked database


@dataclass(frozen=True)
class Ordeal:
    """What is done to a planner: its clock is off by `shift` and jumps by `jump` at the n-th look.

    It dies at the point `die`; its files may grow to `room` bytes.
    """

    shift: float = 0.0
    jump: float = 0.0
    jumps_at: int = 0
    die: int = 0
    room: int = 0


def plan(folder: str, ordeal: Ordeal, *args: str) -> None:
    """Run one cycle on the site in `folder`, and end this process with the exit code."""
    code = 70
    try:
        os.chdir(folder)
        # A kill has to leave the runs of the shell alone, as it does outside of tests.
        os.setsid()
        code = _plan(Path(folder), ordeal, *args)
    finally:
        os._exit(code)


def _plan(folder: Path, ordeal: Ordeal, *args: str) -> int:
    from planner.cli.main import main

    _endure(folder, ordeal)
    sys.argv = ["kci-planner", "run", "-c", "site", "--once", "--no-wait", *args]
    with (folder / "said").open("a") as said, redirect_stdout(said), redirect_stderr(said):
        try:
            main()
        except SystemExit as leave:
            return int(leave.code or 0)
        except BaseException:
            traceback.print_exc()
            return 71
    return 0


def _endure(folder: Path, ordeal: Ordeal) -> None:
    from planner.cli import service
    from planner.kernelci.connection import Connection
    from planner.ledger import database

    defaults = Connection.ask.__kwdefaults__
    assert defaults is not None
    defaults["patience"] = READ_S
    database.BUSY_S = BUSY_S
    vars(service)["datetime"] = _clock(ordeal)
    if ordeal.room:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (ordeal.room, ordeal.room))
    if ordeal.die:
        told = os.open(folder / "died", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        point = die_at(ordeal.die, told)
        watch_commits(point)
        watch_starts(point)
        _watch_requests(point)


def _clock(ordeal: Ordeal) -> type[datetime]:
    looks = 0

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            nonlocal looks
            looks += 1
            off = ordeal.shift + (ordeal.jump if looks > ordeal.jumps_at else 0.0)
            return datetime.now(tz) + timedelta(seconds=off)

    return Clock


def _watch_requests(point: Callable[[str], None]) -> None:
    """Call `point` just before, and just after, each request over the wire."""
    import requests

    send = requests.Session.send

    def watched(self: requests.Session, request: Any, **options: Any) -> Any:
        point(f"before {request.method} {request.path_url}")
        reply = send(self, request, **options)
        point(f"after {request.method} {request.path_url}")
        return reply

    requests.Session.send = watched  # type: ignore[method-assign]  # nothing else tells of it

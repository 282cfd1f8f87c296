# SPDX-License-Identifier: LGPL-2.1-or-later
"""The points at which a process may die: what it commits, what it changes, what it starts."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR
CHANGES = ("os.mkdir", "os.rename", "os.link", "os.remove", "os.truncate")
CALLS = ("os.fork", "os.exec", "os.killpg", "os.chdir")

Point = Callable[[str], None]


def die_at(number: int, tell: int) -> Point:
    """Return what kills this process when it is called for the `number`-th time, from 1.

    What it was called with is written to the file `tell` first.
    """
    passed = 0
    passing = threading.Lock()

    def point(what: str) -> None:
        nonlocal passed
        with passing:
            passed += 1
            if passed == number:
                os.write(tell, f"{what}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()

    return point


def watch_files(point: Point, folder: str) -> None:
    """Call `point` before each change of a file whose path begins with `folder`."""

    def look(name: str, args: tuple[Any, ...]) -> None:
        changes = name in CHANGES or (name == "open" and args[2] & WRITES)
        if changes and str(args[0]).startswith(folder):
            point(f"before {name}")

    sys.addaudithook(look)


def watch_calls(point: Point) -> None:
    """Call `point` before each call by which a process makes another, or changes itself."""
    sys.addaudithook(lambda name, _: point(f"before {name}") if name in CALLS else None)


def watch_starts(point: Point) -> None:
    """Call `point` just before, and just after, each start of a program."""
    start = subprocess.Popen.__init__

    def watched(self: Any, *args: Any, **options: Any) -> None:
        point("before the start of a program")
        start(self, *args, **options)
        point("after the start of a program")

    subprocess.Popen.__init__ = watched  # type: ignore[method-assign]  # nothing else tells of it


def watch_commits(point: Point) -> None:
    """Call `point` just before, and just after, each commit that changes a database."""
    from sqlalchemy import Connection, Engine, Pool, event  # most that die have no database

    @event.listens_for(Engine, "before_cursor_execute")
    def _note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split(None, 1)[0] not in ("SELECT", "BEGIN", "PRAGMA"):
            connection.info["changed"] = True

    @event.listens_for(Engine, "commit")
    def _before(connection: Connection) -> None:
        if connection.info.get("changed"):
            point("before a commit")

    @event.listens_for(Pool, "checkin")
    def _after(_connection: Any, record: Any) -> None:
        if record.info.pop("changed", False):
            point("after a commit")

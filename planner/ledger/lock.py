# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lock that goes when its process does."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from models import ExitCode, PlannerError
from planner.ledger.database import Database, server_lock

_PLANNER = 0x6B636970  # "kcip"


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Hold the lock of the ledger.

    Raises:
        PlannerError: at once, with exit code LOCKED, if another planner holds it.
    """
    path = database.address.path
    with _server_lock(database) if path is None else _file_lock(path):
        yield


@contextmanager
def _file_lock(database: Path) -> Iterator[None]:
    path = database.with_name(f"{database.name}.lock")
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise PlannerError(f"{path}: {error.strerror}") from error
    try:
        _take(file, database, path)
        yield
    finally:
        os.close(file)


def _take(file: int, database: Path, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(file, 20, 0).decode("ascii", "replace").strip()
        raise _taken(database, f" (process {holder})" if holder else "") from error
    except OSError as error:  # a file system without locks
        raise PlannerError(f"{path}: {error.strerror}") from error
    # The file stays when the lock goes: removing it could take it from another holder.
    os.truncate(file, 0)
    os.pwrite(file, str(os.getpid()).encode(), 0)


@contextmanager
def _server_lock(database: Database) -> Iterator[None]:
    alone = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    which = server_lock(_PLANNER)
    with database.explained():
        connection = alone.connect()
    with connection:
        with database.explained():
            got = connection.execute(select(func.pg_try_advisory_lock(*which))).scalar()
        if not got:
            raise _taken(database.address)
        try:
            yield
        finally:
            # If the connection is lost, so is the lock.
            with suppress(DBAPIError):
                connection.execute(select(func.pg_advisory_unlock(*which)))


def _taken(ledger: object, holder: str = "") -> PlannerError:
    text = f"{ledger}: another planner is at work on this ledger{holder}"
    return PlannerError(text, ExitCode.LOCKED)

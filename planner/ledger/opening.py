# SPDX-License-Identifier: LGPL-2.1-or-later
"""Opens a ledger, making or migrating it where that is needed and allowed."""

import os
from pathlib import Path

from models import PlannerError
from planner.ledger.address import Address
from planner.ledger.database import Database
from planner.ledger.lock import locked
from planner.ledger.migrations import is_behind, upgrade


class NoLedgerError(PlannerError):
    """There is no ledger yet, and none was to be made."""


def open_database(url: str, *, read_only: bool, aside: bool = False) -> Database:
    """Return the database at `url` with the newest schema.

    Raises:
        PlannerError: if there is none, or it cannot be brought there.
    """
    address = Address.of(url)
    if address.path is not None:
        _look(address.path, read_only)
    database = Database(address, read_only=read_only, aside=aside)
    try:
        _bring_up(database, read_only)
    except BaseException:
        database.close()
        raise
    return database


def _look(path: Path, read_only: bool) -> None:
    """Make sure that there is a file at `path`, or may be one."""
    try:
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        exists = path.exists()
    except OSError as error:
        raise PlannerError(f"{path}: there can be no ledger here: {error.strerror}") from error
    if path.is_dir():
        raise PlannerError(f"{path}: this is a folder, and a ledger is a file")
    if read_only and not exists:
        raise NoLedgerError(f"{path}: there is no ledger here; run the planner once to make it")
    # SQLite itself would open it, and fail with the first change.
    if exists and not read_only and not os.access(path, os.W_OK, effective_ids=True):
        raise PlannerError(f"{path}: this ledger may only be read")


def _bring_up(database: Database, read_only: bool) -> None:
    with database.reading() as connection:
        if not is_behind(connection, database.address):
            return
    if read_only:
        text = "the ledger is older than this program; run the planner once to bring it up to date"
        raise PlannerError(f"{database.address}: {text}")
    # A planner of the older version may be at work on it.
    with locked(database), database.writing() as connection:
        if is_behind(connection, database.address):
            upgrade(connection)

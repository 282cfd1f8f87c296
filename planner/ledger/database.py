# SPDX-License-Identifier: LGPL-2.1-or-later
"""Connections to the ledger's database, and the transactions that everything happens in."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from models import PlannerError
from planner.ledger.address import Address

BUSY_S = 10.0  # seconds to wait for another process that is writing
_WRITERS = 0x6B636977  # "kciw"


class Database:
    """One database; a transaction is whole and on disk when it is left, or never was.

    A server has one writer after the other, but for those who are `aside`: these change nothing
    but rows that are theirs alone.
    """

    def __init__(self, address: Address, *, read_only: bool, aside: bool = False) -> None:
        self.address = address
        self.guard: Callable[[Connection], None] | None = None  # may refuse to have it changed
        if address.path is not None:
            self.engine = self._reader = _sqlite(address, read_only)
        else:
            self.engine = _postgresql(address, read_only)
            # One state for all that is read in a transaction, as SQLite has it anyway.
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._writer = self.engine.execution_options(writes=True, aside=aside)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the ledger."""
        with self.explained(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are committed together, one writer after the other."""
        with self.explained(), self._writer.begin() as connection:
            if self.guard is not None:
                self.guard(connection)
            yield connection

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what a user can mend (disk, rights, a server that is away) into an error to read."""
        try:
            yield
        except DBAPIError as error:
            if _is_our_mistake(error):
                raise
            raise PlannerError(f"{self.address}: {_first_line(error.orig)}") from error

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def _is_our_mistake(error: DBAPIError) -> bool:
    """Tell whether what was asked makes no sense, and not just what the database cannot do."""
    not_allowed = getattr(error.orig, "sqlstate", None) == "42501"
    return isinstance(error, ProgrammingError | IntegrityError | DataError) and not not_allowed


def _first_line(error: BaseException | None) -> str:
    return (str(error).splitlines() or ["the database gave no reason"])[0]


def _sqlite(address: Address, read_only: bool) -> Engine:
    engine = create_engine(_read_only_url(address) if read_only else address.url)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000:.0f}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver begins no sooner than with the first change; by then what was read before
        # may not be true any more.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _read_only_url(address: Address) -> URL:
    """Return the URL by which SQLite opens the file without ever writing.

    Readers of a write-ahead log share memory through a file beside it. Who may not make that file
    can still read a ledger that nobody has open, by promising that it does not change.
    """
    path = address.path
    assert path is not None
    file = path.resolve().as_uri()
    log = path.with_name(f"{path.name}-wal")
    at_rest = not log.exists() and not os.access(path.parent, os.W_OK, effective_ids=True)
    mode = "mode=ro&immutable=1" if at_rest else "mode=ro"
    return address.url.set(database=f"{file}?{mode}", query={"uri": "true"})


def _postgresql(address: Address, read_only: bool) -> Engine:
    try:
        # Writers go one after the other, and each has to see what the one before it wrote.
        engine = create_engine(address.url, isolation_level="READ COMMITTED")
    except ModuleNotFoundError as error:
        text = f"{address}: PostgreSQL needs a driver: pip install 'kci-planner[postgres]'"
        raise PlannerError(text) from error

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("writes"):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_S:.0f}s'")
        if options.get("writes") and not options["aside"]:
            connection.execute(select(func.pg_advisory_xact_lock(*server_lock(_WRITERS))))

    return engine.execution_options(postgresql_readonly=read_only)


def server_lock(number: int) -> tuple[int, ColumnElement[int]]:
    """Return what PostgreSQL knows one of our locks by: its number, and the ledger's schema."""
    return number, func.hashtext(func.current_schema())

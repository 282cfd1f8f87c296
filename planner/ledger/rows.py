# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows in bulk, and columns as nouns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Executable, Table, bindparam, delete, insert, select

from planner.ledger.schema import storable

Key = TypeVar("Key")

CHUNK = 500  # keys named in one query; every database has a limit


def chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """Yield the keys in lists short enough for a query."""
    left = iter(keys)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def those_in(connection: Connection, column: Column[str], keys: Iterable[str]) -> frozenset[str]:
    """Return those of the keys that the column holds."""
    by_stored = {storable(key): key for key in keys}
    return frozenset(
        by_stored[stored]
        for chunk in chunks(by_stored)
        for stored in connection.execute(select(column).where(column.in_(chunk))).scalars()
    )


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, of which there may be none."""
    apply(connection, insert(table), rows)


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows in the place of those that have their primary keys."""
    keys = table.primary_key.columns
    old = delete(table).where(*(column == bindparam(f"old_{column.name}") for column in keys))
    named = [{f"old_{column.name}": row[column.name] for column in keys} for row in rows]
    apply(connection, old, named)
    add(connection, table, rows)


def apply(connection: Connection, change: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute `change` once for each row of parameters, of which there may be none."""
    if rows:
        connection.execute(change, rows)

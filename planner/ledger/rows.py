# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows in bulk, and columns as nouns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Executable, Table, insert, select

CHUNK = 500  # keys named in one query; every database has a limit


def chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield the keys in lists short enough for a query."""
    left = iter(keys)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def those_in(connection: Connection, column: Column[str], keys: Iterable[str]) -> frozenset[str]:
    """Return those of the keys that the column holds."""
    return frozenset(
        key
        for chunk in chunks(keys)
        for key in connection.execute(select(column).where(column.in_(chunk))).scalars()
    )


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, of which there may be none."""
    apply(connection, insert(table), rows)


def apply(connection: Connection, change: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute `change` once for each row of parameters, of which there may be none."""
    if rows:
        connection.execute(change, rows)

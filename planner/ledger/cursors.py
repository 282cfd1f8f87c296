# SPDX-License-Identifier: LGPL-2.1-or-later
"""How far the events of each source were read."""

from datetime import datetime

from sqlalchemy import Connection, select

from models import Cursor
from planner.ledger.rows import put
from planner.ledger.schema import cursor


def position(connection: Connection, source: str) -> datetime | None:
    """Return how far the source was read, None if it never was."""
    return connection.execute(select(cursor.c.position).where(cursor.c.source == source)).scalar()


def move(connection: Connection, to: Cursor) -> None:
    """Have the next reading of the source begin there."""
    put(connection, cursor, [{"source": to.source, "position": to.position}])

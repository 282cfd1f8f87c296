# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rows of cycles, from their opening to their end."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, update

from planner.ledger.documents import text_of
from planner.ledger.schema import cycle


def begin(
    connection: Connection, now: datetime, *, events: int, requests: int, problems: Sequence[str]
) -> int:
    """Add a cycle with so many new events and requests, and return its number."""
    added = connection.execute(
        insert(cycle).values(
            started=now,
            degraded=False,
            events=events,
            requests=requests,
            seconds=text_of({}),
            counts=text_of({}),
            problems=text_of(list(problems)),
        )
    ).inserted_primary_key
    assert added is not None
    return int(added[0])


def finish(
    connection: Connection,
    number: int,
    now: datetime,
    *,
    seconds: Mapping[str, float],
    degraded: bool,
    counts: Mapping[str, int],
) -> None:
    """Write down the end of a cycle.

    Raises:
        ValueError: if there is no such cycle.
    """
    finished = connection.execute(
        update(cycle)
        .where(cycle.c.number == number)
        .values(
            finished=now,
            degraded=degraded,
            seconds=text_of(dict(seconds)),
            counts=text_of(dict(counts)),
        )
    )
    if finished.rowcount != 1:
        raise ValueError(f"there is no cycle {number}")

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lets go of runs that count in their day, of what belonged to them, and of days long past."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, func, select

from models import Retention, day_of
from planner.ledger.rows import add, chunks
from planner.ledger.schema import counted, cycle, day, document, plan, request, run, served

# To know which cycles a run speaks of, all runs have to be looked through: not in every cycle.
_PATIENCE = timedelta(days=1)


def forget(connection: Connection, now: datetime, retention: Retention, limit: int) -> int:
    """Forget the oldest runs that are kept no longer and count in their day.

    It is no more than `limit` of them; the result is how many. Of a request without runs nothing
    stays but its key, as long as the day's histograms are kept.
    """
    before = now - timedelta(seconds=retention.keep)
    forgotten = _forget_runs(connection, before, limit)
    if forgotten < limit:
        _forget_cycles(connection, before)
    _forget_days(connection, day_of(now - timedelta(seconds=retention.daily)))
    return forgotten


def _forget_runs(connection: Connection, before: datetime, limit: int) -> int:
    old = connection.execute(
        select(run.c.key, run.c.request)
        .where(run.c.rolled, run.c.closed < before, ~run.c.untold)
        .order_by(run.c.closed, run.c.key)
        .limit(limit)
    ).all()
    for chunk in chunks(row.key for row in old):
        connection.execute(delete(run).where(run.c.key.in_(chunk)))
    for chunk in chunks(dict.fromkeys(row.request for row in old)):
        _forget_requests(connection, chunk, day_of(before))
    return len(old)


def _forget_requests(connection: Connection, keys: list[str], today: int) -> None:
    without_runs = (
        select(request.c.key)
        .where(request.c.key.in_(keys), ~exists().where(run.c.request == request.c.key))
        .order_by(request.c.key)
    )
    gone = connection.execute(without_runs).scalars().all()
    connection.execute(delete(document).where(document.c.request.in_(gone)))
    connection.execute(delete(request).where(request.c.key.in_(gone)))
    add(connection, served, [{"request": key, "day": today} for key in gone])


def _forget_cycles(connection: Connection, before: datetime) -> None:
    """Forget cycles that began before then and that neither a run nor a plan speaks of."""
    oldest = connection.execute(select(cycle.c.started).order_by(cycle.c.number).limit(1)).scalar()
    if oldest is None or oldest >= before - _PATIENCE:
        return
    spoken_of = [
        connection.execute(select(question)).scalar()
        for question in (
            func.min(run.c.planned),
            func.min(run.c.waits_since),
            func.min(plan.c.cycle),
            func.max(cycle.c.number),
        )
    ]
    first = min(number for number in spoken_of if number is not None)
    connection.execute(delete(cycle).where(cycle.c.started < before, cycle.c.number < first))


def _forget_days(connection: Connection, before: int) -> None:
    if connection.execute(delete(day).where(day.c.number < before)).rowcount:
        # Both are looked through from end to end, which is too much for every cycle.
        connection.execute(delete(counted).where(counted.c.day < before))
        connection.execute(delete(served).where(served.c.day < before))

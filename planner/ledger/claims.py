# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who has an intended run in hand: the planner, one of several submitters, or nobody yet.

Nothing is sent that was not claimed first. So what nobody claimed was certainly not sent, and what
somebody claimed who is gone has to be looked for.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from models import Order, RunState
from planner.ledger import journal
from planner.ledger.database import server_lock
from planner.ledger.lease import now_of
from planner.ledger.rows import chunks
from planner.ledger.schema import run, submitter

_CLAIMS = 0x6B636963  # "kcic"
_INTENDED = run.c.state == RunState.INTENDED
_UNCLAIMED = run.c.claimed_by.is_(None)


def register(connection: Connection, name: str, runtimes: Collection[str], lease_s: float) -> None:
    """Write down that a submitter sends what is intended for these runtimes."""
    row = {"name": name, "expires": _after(connection, lease_s)}
    connection.execute(insert(submitter).values(runtimes=json.dumps(sorted(runtimes)), **row))


def lives(connection: Connection, name: str) -> bool:
    """Tell whether a submitter has what it claimed, and keep that so until the transaction ends."""
    row = select(submitter.c.name).where(submitter.c.name == name)
    return connection.execute(row.with_for_update(read=True)).scalar() is not None


def renew(connection: Connection, name: str, lease_s: float) -> None:
    """Write down that a submitter lives for so many seconds more."""
    until = _after(connection, lease_s)
    connection.execute(update(submitter).where(submitter.c.name == name).values(expires=until))


def leave(connection: Connection, name: str) -> None:
    """Have a submitter go; what it still has in hand is the planner's to look for."""
    _take_over(connection, [name])


def served(connection: Connection) -> frozenset[str]:
    """Return the runtimes to which submitters send that live."""
    return frozenset(name for runtimes in _alive(connection) for name in runtimes)


def recall(connection: Connection) -> tuple[str, ...]:
    """Have all runs wait again that nobody has in hand, and return them.

    What submitters had in hand that are gone is the planner's from now on.
    """
    late = submitter.c.expires <= now_of(connection)
    gone = connection.execute(select(submitter.c.name).where(late)).scalars().all()
    _take_over(connection, gone)
    keys = connection.execute(select(run.c.key).where(_INTENDED, _UNCLAIMED)).scalars().all()
    returned: list[str] = []
    for chunk in chunks(sorted(keys)):
        # Somebody may have claimed one just now.
        change = update(run).where(run.c.key.in_(chunk), _INTENDED, _UNCLAIMED)
        waiting = change.values(state=RunState.WAITING, **journal.without_place()).returning(
            run.c.key
        )
        returned += connection.execute(waiting).scalars()
    return tuple(returned)


def claim(
    connection: Connection, name: str, runtime: str, most: int, now: datetime
) -> tuple[Order, ...]:
    """Take runs for a runtime in hand that nobody has, the oldest intents and priorities first.

    Limits that are looked at right before sending go by the same order (rivals.py).

    All submitters together have at most `most` of them in hand, each its part of that.
    """
    if connection.dialect.name == "postgresql":  # else two would count the same room
        connection.execute(select(func.pg_advisory_xact_lock(*server_lock(_CLAIMS))))
    serving = sum(runtime in runtimes for runtimes in _alive(connection))
    by_submitters = run.c.claimed_by.is_not(None) & ~journal.BY_PLANNER
    held = select(func.count()).where(_INTENDED, by_submitters, run.c.runtime == runtime)
    left = most - connection.execute(held).scalar_one()
    room = min(left, max(1, most // max(1, serving)))
    if room <= 0:
        return ()
    free = (
        select(run.c.key)
        .where(_INTENDED, _UNCLAIMED, run.c.runtime == runtime, run.c.send_by > now)
        .order_by(run.c.intended, run.c.priority.desc(), run.c.key)
        .limit(room)
        .with_for_update(skip_locked=True)  # the planner may be taking some of them back
    )
    keys = connection.execute(free).scalars().all()
    connection.execute(update(run).where(run.c.key.in_(keys)).values(claimed_by=name))
    return journal.orders(connection, run.c.key.in_(keys))


def _take_over(connection: Connection, names: Collection[str]) -> None:
    # First the submitters: whoever wakes up waits here, and then finds itself gone.
    connection.execute(delete(submitter).where(submitter.c.name.in_(names)))
    theirs = update(run).where(run.c.claimed_by.in_(names), _INTENDED)
    connection.execute(theirs.values(claimed_by=journal.PLANNER))


def _alive(connection: Connection) -> list[list[str]]:
    in_time = submitter.c.expires > now_of(connection)
    rows = connection.execute(select(submitter.c.runtimes).where(in_time)).scalars()
    return [json.loads(runtimes) for runtimes in rows]


def _after(connection: Connection, seconds: float) -> datetime:
    return now_of(connection) + timedelta(seconds=seconds)

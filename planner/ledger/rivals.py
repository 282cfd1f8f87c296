# SPDX-License-Identifier: LGPL-2.1-or-later
"""What else a runtime got, for limits that are looked at once more right before sending."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from models import Order, RunState
from planner.ledger.schema import run
from planner.ledger.states import UNDER_WAY


def count(
    connection: Connection,
    order: Order,
    since: datetime,
    *,
    priority: int | None = None,
    there: bool = False,
    **alike: Any,
) -> int:
    """Return how many other runs the runtime of `order` got since then, or gets before it.

    Counted are those that are alike in the columns given, of at most this priority, and with
    `there` only those that are not over. Of two that are in hand at the same time one is first, so
    that a limit that leaves room for one of them stops one.
    """
    sent = run.c.submitted >= since
    if there:
        sent &= run.c.state.in_(UNDER_WAY)
    earlier = or_(
        run.c.intended < order.intended,
        and_(run.c.intended == order.intended, run.c.key < order.run),
        run.c.sought.is_not(None),
    )
    in_hand = (run.c.state == RunState.INTENDED) & run.c.claimed_by.is_not(None) & earlier
    others = [run.c.runtime == order.runtime, run.c.key != order.run, or_(sent, in_hand)]
    others += [run.c[name] == value for name, value in alike.items() if value is not None]
    if priority is not None:
        others.append(run.c.priority <= priority)
    return connection.execute(select(func.count()).where(*others)).scalar_one()

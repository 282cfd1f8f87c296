# SPDX-License-Identifier: LGPL-2.1-or-later
"""What else a runtime got, for limits that are looked at once more right before sending."""

from collections import Counter

from sqlalchemy import Connection, and_, func, or_, select

from models import Alike, Order, RunState
from planner.ledger.schema import run
from planner.ledger.states import UNDER_WAY


def count(connection: Connection, order: Order, alike: Alike) -> Counter[tuple[str, str]]:
    """Count the other runs that are alike and that the runtime of `order` got, or gets before it.

    They are counted by job and platform.

    Of two that are in hand at the same time one is first, so that a limit that leaves room for one
    of them stops one. That is the one that is claimed first: else, when the other one is looked at,
    nobody would know of the first yet.
    """
    sent = run.c.submitted >= alike.since
    if alike.there:
        sent &= run.c.state.in_(UNDER_WAY)
    same_plan = run.c.intended == order.intended
    same_rank = and_(same_plan, run.c.priority == order.priority)
    earlier = or_(
        run.c.intended < order.intended,
        and_(same_plan, run.c.priority > order.priority),
        and_(same_rank, run.c.key < order.run),
        run.c.sought.is_not(None),
    )
    in_hand = (run.c.state == RunState.INTENDED) & run.c.claimed_by.is_not(None) & earlier
    others = [run.c.runtime == order.runtime, run.c.key != order.run, or_(sent, in_hand)]
    same = {name: getattr(alike, name) for name in ("tree", "job", "device_type", "context")}
    others += [run.c[name] == value for name, value in same.items() if value is not None]
    if alike.priority is not None:
        others.append(run.c.priority <= alike.priority)
    load = run.c.job, run.c.platform
    rows = connection.execute(select(*load, func.count()).where(*others).group_by(*load))
    return Counter({(job, platform): number for job, platform, number in rows})

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lets go of what nothing needs any more; runs, cycles and requests stay as rows."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from models import RunState
from planner.ledger.schema import document, event, node, plan, request, run

_OPEN = (RunState.WAITING, RunState.INTENDED)


def prune(connection: Connection, before: datetime) -> None:
    """Forget what was recorded before that time and is not needed.

    That is fingerprints of events, plans but for the last one, and the whole of requests and
    their nodes where no run waits to be planned or sent.
    """
    connection.execute(delete(event).where(event.c.recorded < before))
    last = select(func.max(plan.c.cycle)).scalar_subquery()
    connection.execute(delete(plan).where(plan.c.recorded < before, plan.c.cycle != last))
    open_requests = select(run.c.request).where(run.c.state.in_(_OPEN))
    connection.execute(
        delete(document).where(
            document.c.recorded < before, document.c.request.not_in(open_requests)
        )
    )
    parents = select(request.c.parent).where(request.c.key.in_(open_requests))
    connection.execute(delete(node).where(node.c.recorded < before, node.c.id.not_in(parents)))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runs that were really executed, read in bulk."""

from datetime import datetime

from sqlalchemy import Connection, select

from models import History
from planner.ledger.schema import request, run


def history(connection: Connection, since: datetime, limit: int) -> History:
    """Return the runs that finished since then, newest first, at the most `limit` of them.

    Dry runs and runs that were never sent tell nothing.
    """
    columns = [
        request.c.tree if name == "tree" else run.c.key if name == "run" else run.c[name]
        for name in History.model_fields
    ]
    rows = connection.execute(
        select(*columns)
        .join_from(run, request)
        # Of runs that were sent only those that finished are closed. Were their state asked for,
        # a database would look through all that ever finished.
        .where(run.c.closed >= since, run.c.submitted.is_not(None))
        .order_by(run.c.closed.desc(), run.c.key)
        .limit(limit)
    ).all()
    if not rows:
        return History()
    return History.model_validate(
        dict(zip(History.model_fields, zip(*rows, strict=True), strict=True))
    )

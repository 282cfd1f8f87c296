# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runs that were really executed, read in bulk."""

from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, select

from models import History
from planner.ledger.moments import Posix
from planner.ledger.schema import request, run

_TIMES = ("submitted", "started", "ended")
_COLUMNS = [name for name in History.model_fields if name != "runs"]


def history(connection: Connection, since: datetime, limit: int) -> History:
    """Return the runs that finished since then, newest first, at the most `limit` of them.

    Dry runs and runs that were never sent tell nothing.
    """
    place: dict[str, ColumnElement[Any]] = {"run": run.c.key, "tree": request.c.tree}
    place |= {name: Posix(run.c[name]) for name in _TIMES}
    rows = connection.execute(
        select(*(place[name] if name in place else run.c[name] for name in _COLUMNS))
        .join_from(run, request)
        # Of runs that were sent only those that finished are closed. Were their state asked for,
        # a database would look through all that ever finished.
        .where(run.c.closed >= since, run.c.submitted.is_not(None))
        .order_by(run.c.closed.desc(), run.c.key)
        .limit(limit)
    ).all()
    if not rows:
        return History()
    columns: dict[str, Any] = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True))
    for name in _TIMES:
        columns[name] = np.round(np.array(columns[name], dtype=np.float64), 3)
    return History(**columns)

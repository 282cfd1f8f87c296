# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs that are over come to count in the histograms of their day, each of them once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select, update

from models import start_of
from planner.ledger import days
from planner.ledger.executions import cells_of, number_of, over
from planner.ledger.rows import add, chunks
from planner.ledger.schema import counted, run


def roll_up(connection: Connection, before: int, limit: int) -> int:
    """Have runs that were closed before that day count in theirs, the oldest first.

    It is no more than `limit` of them; the result is how many.
    """
    rows = over(connection, ~run.c.rolled, run.c.closed < start_of(before), limit=limit)
    count(connection, rows)
    for chunk in chunks(row.key for row in rows):
        connection.execute(update(run).where(run.c.key.in_(chunk)).values(rolled=True))
    return len(rows)


def count(
    connection: Connection, rows: Sequence[Any], *, elsewhere: bool = False
) -> NDArray[np.bool_]:
    """Have executions count in their days unless they did before; return which of them are new."""
    if not rows:
        return np.zeros(0, dtype=np.bool_)
    cells = cells_of(rows, elsewhere=elsewhere)
    dated = [(number_of(row, day), day) for row, day in zip(rows, cells.day.tolist(), strict=True)]
    seen = {
        number
        for chunk in chunks(number for number, _ in dated if number is not None)
        for number in connection.execute(
            select(counted.c.execution).where(counted.c.execution.in_(chunk))
        ).scalars()
    }
    news = np.ones(len(rows), dtype=np.bool_)
    marks = []
    for at, (number, day) in enumerate(dated):
        if number is None:
            continue
        news[at] = number not in seen
        if news[at]:
            marks.append({"execution": number, "day": day})
        seen.add(number)
    add(connection, counted, marks)
    days.add(connection, cells.where(news))
    return news

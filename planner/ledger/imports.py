# SPDX-License-Identifier: LGPL-2.1-or-later
"""What others executed: it counts in its day at once, for of that nothing more is known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from models import Execution, RunState
from planner.ledger.executions import cells_of, number_of, over
from planner.ledger.rollup import count
from planner.ledger.schema import run


class _Row(NamedTuple):
    """An execution in the words of the journal."""

    key: str
    job: str
    kind: str
    platform: str
    device_type: str
    runtime: str
    arch: str | None
    tree: str | None
    state: RunState
    result: str | None
    infrastructure: bool
    job_id: str
    reason: None
    submitted: float | None
    started: float | None
    ended: float
    closed: float


def add(connection: Connection, executions: Sequence[Execution]) -> int:
    """Have executions count in their days, and return how many did not before.

    Our own runs are known again by their names in the runtime, also before they are rolled up.
    """
    ours = over(connection, ~run.c.rolled)
    known = {
        number_of(row, day) for row, day in zip(ours, cells_of(ours).day.tolist(), strict=True)
    }
    rows = [_row(one) for one in executions]
    days = cells_of(rows).day.tolist()
    fresh = [row for row, day in zip(rows, days, strict=True) if number_of(row, day) not in known]
    return int(count(connection, fresh, elsewhere=True).sum())


def _row(one: Execution) -> _Row:
    ended = one.ended.timestamp()
    columns: dict[str, Any] = {
        name: getattr(one, name) for name in Execution.model_fields if name in _Row._fields
    }
    columns |= {
        "key": one.name,
        "state": RunState.FINISHED,
        "job_id": one.name,
        "reason": None,
        "submitted": _seconds(one.submitted),
        "started": _seconds(one.started),
        "ended": ended,
        "closed": ended,
    }
    return _Row(**columns)


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()

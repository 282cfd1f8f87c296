# SPDX-License-Identifier: LGPL-2.1-or-later
"""The past, read back: what was over in days gone by, and the runs that were executed."""

from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select

from models import PLANNED, Cells, History, Names, RunState, Subject, day_of, joined
from models.cells import DAY_S, UNKNOWN
from planner.ledger import days
from planner.ledger.executions import cells_of, over, sound_days
from planner.ledger.moments import Posix
from planner.ledger.schema import run

_TIMES = ("submitted", "started", "ended")
_COLUMNS = [name for name in History.model_fields if name != "runs"]
_NAMES = (*Subject._fields, "tree", "result")
_MANY = "many-"  # what rows of many runs are called, with a number
_ALL_GONE = 1000  # half-lives
_BUCKETS = 2  # are one row: what is learned from older runs need not be finer


def cells(connection: Connection, first: int, last: int) -> Cells:
    """Return what was over on the days from `first` to `last`, both inclusive."""
    fresh = cells_of(over(connection, ~run.c.rolled))
    within = (fresh.day >= first) & (fresh.day <= last)
    return joined([days.read(connection, first, last), fresh.where(within)])


def first_in_full(connection: Connection, now: datetime, begin: datetime, runs: int) -> int:
    """Return the day from which on every run is still there, and there are no more than `runs`."""
    newest = (
        select(run.c.closed)
        .where(run.c.submitted.is_not(None), run.c.closed >= begin)
        .order_by(run.c.closed.desc())
    )
    too_many = connection.execute(newest.offset(runs).limit(1)).scalar()
    # Runs are forgotten in the order in which they were closed, and only once they are rolled up.
    kept = connection.execute(select(func.min(run.c.closed)).where(run.c.rolled)).scalar()
    days_before = [day_of(moment) for moment in (too_many, kept) if moment is not None]
    if kept is None:
        days_before.append(day_of(now) - 1)
    return max(day_of(begin), *(day + 1 for day in days_before))


def in_full(
    connection: Connection, first: int, condition: ColumnElement[bool]
) -> tuple[History, bool]:
    """Return runs that were executed, of that day or later, the one that was closed last first.

    And tell whether there are any of earlier days.
    """
    place: dict[str, ColumnElement[Any]] = {"run": run.c.key, "expected_in": run.c.planned}
    place |= {name: Posix(run.c[name]) for name in (*_TIMES, "closed")}
    columns = (*_COLUMNS, "closed")
    rows = connection.execute(
        select(*(place[name] if name in place else run.c[name] for name in columns))
        # Of runs that were sent only those that finished are closed. Were their state asked for,
        # a database would look through all that ever finished.
        .where(run.c.submitted.is_not(None), condition)
        .order_by(run.c.closed.desc(), run.c.key)
    ).all()
    if not rows:
        return History(), False
    told: dict[str, Any] = dict(zip(columns, zip(*rows, strict=True), strict=True))
    for name in (*_TIMES, "closed"):
        told[name] = np.round(np.array(told[name], dtype=np.float64), 3)
    for name in PLANNED:
        told[name] = np.array(told[name], dtype=np.float64)
    for name in _NAMES:
        told[name] = Names.of(told[name])
    told["infrastructure"] = np.array(told["infrastructure"], dtype=np.bool_)
    told["runs"] = np.ones(len(rows), dtype=np.int64)
    _, day = sound_days(told["started"], told["ended"], told.pop("closed"))
    within = day >= first
    return History.model_construct(**told).where(within), not within.all()


def in_rows_of_many(cells: Cells, half_life: int) -> History:
    """Return the executed runs whose duration is known, a row for each subject and bucket.

    All of a row ended together when as much is left of them as of each at its own age.
    """
    executed = np.array([one.state == RunState.FINISHED for one in cells.endings], dtype=np.bool_)
    cells = cells.where(executed[cells.ending] & (cells.duration != UNKNOWN))
    if not len(cells):
        return History()
    spoiled = np.array([one.infrastructure for one in cells.endings], dtype=np.bool_)
    key = (2 * cells.subject + spoiled[cells.ending]) * UNKNOWN + cells.duration // _BUCKETS
    groups, of = np.unique(key, return_inverse=True)
    last = DAY_S * (int(cells.day.max()) + 0.5)
    age = last - DAY_S * (cells.day + 0.5)
    # Even what nothing is left of is some time ago.
    left = cells.runs * np.exp2(-np.minimum(age / half_life, _ALL_GONE))
    runs, milliseconds, left = (
        np.bincount(of, amount, minlength=len(groups))
        for amount in (cells.runs, cells.duration_ms, left)
    )
    ended = last + half_life * np.log2(left / runs)
    subject = groups // UNKNOWN // 2
    named: dict[str, Any] = {
        name: Names.of(column).where(subject)
        for name, column in zip(Subject._fields, zip(*cells.subjects, strict=True), strict=True)
    }
    named |= dict.fromkeys(("tree", "result"), Names((None,), np.zeros_like(groups)))
    named["job_id"] = (None,) * len(groups)
    named |= dict.fromkeys(PLANNED, np.full(len(groups), np.nan))
    return History.model_construct(
        run=tuple(f"{_MANY}{group}" for group in groups.tolist()),
        **named,
        infrastructure=groups // UNKNOWN % 2 == 1,
        submitted=np.full(len(groups), np.nan),
        started=ended - milliseconds / 1000 / runs,
        ended=ended,
        runs=runs.astype(np.int64),
    )

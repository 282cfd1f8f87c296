# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was read of the past, so that the next cycle reads only what is new."""

from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, or_, select

from models import History, Learning, day_of, joined, start_of
from planner.ledger import days
from planner.ledger.executions import cells_of, over
from planner.ledger.outcomes import first_in_full, in_full, in_rows_of_many
from planner.ledger.schema import run


class Memory:
    """The past as it was read last; to read all of it anew gives the same."""

    def __init__(self) -> None:
        # The runs that were closed on a day or later, up to a time, and how many that were then.
        self._newest = History()
        self._first, self._last, self._closed = 0, start_of(0), 0
        # Whether any of them ended on an earlier day.
        self._late = False
        # What is older, and what it was read for.
        self._older = History()
        self._older_for: tuple[object, ...] | None = None

    def history(self, connection: Connection, now: datetime, learning: Learning) -> History:
        """Return the runs that were executed, each once, as far back as `learning` says.

        What is older than the last `learning.runs` runs, or is not there any more as it was, is in
        rows of as many as are alike: how old they are together depends on `learning.half_life`.
        Dry runs and runs that were never sent tell nothing.
        """
        if not learning.runs:
            return History()
        begin = now - timedelta(seconds=learning.age)
        first = first_in_full(connection, now, begin, learning.runs)
        self._read_newest(connection, first)
        self._read_older(connection, first, day_of(begin), day_of(now), learning.half_life)
        return self._newest.and_then(self._older)

    def _read_newest(self, connection: Connection, first: int) -> None:
        begin = start_of(first)
        if first == self._first and self._closed == _closed(connection, begin, self._last):
            new, late = in_full(connection, first, run.c.closed > self._last)
            self._newest, self._late = new.and_then(self._newest), self._late or late
        else:
            self._newest, self._late = in_full(connection, first, run.c.closed >= begin)
        last = connection.execute(select(func.max(run.c.closed))).scalar()
        self._first, self._last = first, begin if last is None else max(begin, last)
        self._closed = _closed(connection, begin, self._last)

    def _read_older(
        self, connection: Connection, first: int, begin: int, end: int, half_life: int
    ) -> None:
        left = cells_of(over(connection, *_left_behind(first, self._late)))
        asked = (first, begin, half_life, days.state(connection))
        if not len(left) and asked == self._older_for:
            return
        older = joined([days.read(connection, begin, end), left])
        imported = np.array([ending.elsewhere for ending in older.endings], dtype=np.bool_)
        # What was imported is nowhere else.
        older = older.where((older.day >= begin) & ((older.day < first) | imported[older.ending]))
        self._older = in_rows_of_many(older, half_life)
        self._older_for = None if len(left) else asked


def _closed(connection: Connection, first: datetime, last: datetime) -> int:
    between = run.c.closed.between(first, last)
    return connection.execute(select(func.count()).where(between)).scalar_one()


def _left_behind(first: int, late: bool) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for runs of days before that one that are not rolled up.

    Unless some were closed `late`, on that day or after, nobody looks through all of these.
    """
    begin = start_of(first)
    before = run.c.closed < begin
    return ~run.c.rolled, or_(before, run.c.ended < begin) if late else before

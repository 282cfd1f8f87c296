# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is known of runs that are over, as cells; and by what an execution is known again."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, func, select

from models import Cells, Ending, RunState, Subject
from models.cells import DAY_S, Ints
from planner.ledger.moments import Posix
from planner.ledger.schema import run

# A lab's clock may be so far ahead of ours that what it tells is not in the future.
_SKEW_S = 300.0
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NAMES = (*Subject._fields, "tree", "state", "result", "infrastructure", "job_id")
_TIMES = ("submitted", "started", "ended", "closed")


def over(
    connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None
) -> Sequence[Any]:
    """Return runs that are over, in the order in which they were closed; times in seconds."""
    rows: Sequence[Any] = connection.execute(
        select(
            run.c.key,
            *(run.c[name] for name in _NAMES),
            func.coalesce(run.c.waited_for, run.c.reason_code).label("reason"),
            *(Posix(run.c[name]).label(name) for name in _TIMES),
        )
        .where(run.c.closed.is_not(None), *conditions)
        .order_by(run.c.closed, run.c.key)
        .limit(limit)
    ).all()
    return rows


def cells_of(rows: Sequence[Any], *, elsewhere: bool = False) -> Cells:
    """Return runs that are over as cells, by the day on which they ended.

    Where times are missing or contradict each other the run counts, on the day on which it was
    closed, and its times do not.
    """
    times = np.array([[getattr(row, name) for name in _TIMES] for row in rows], dtype=np.float64)
    submitted, started, ended, closed = np.round(times.reshape(-1, len(_TIMES)).T, 3)
    sound, day = sound_days(started, ended, closed)
    duration = np.where(sound, ended - started, -1)
    waited = np.where(sound & (started >= submitted - _SKEW_S), started - submitted, -np.inf)
    return Cells.of(
        ((_subject(row), _ending(row, elsewhere)) for row in rows),
        day=day,
        duration_ms=np.rint(1000 * duration).astype(np.int64),
        wait_ms=np.where(np.isinf(waited), -1, np.rint(1000 * np.maximum(0, waited))).astype(
            np.int64
        ),
    )


def sound_days(started: Floats, ended: Floats, closed: Floats) -> tuple[Flags, Ints]:
    """Return whether the times of runs can be true, and of which days they are."""
    sound = (ended > started) & (ended <= closed + _SKEW_S)
    day = np.floor_divide(np.where(sound, np.minimum(ended, closed), closed), DAY_S)
    return sound, day.astype(np.int64)


def _subject(row: Any) -> Subject:
    return Subject(row.job, row.kind, row.platform, row.device_type, row.runtime, row.arch)


def _ending(row: Any, elsewhere: bool) -> Ending:
    reason = None if row.reason is None else str(row.reason)
    return Ending(row.tree, str(row.state), row.result, row.infrastructure, reason, elsewhere)


def number_of(row: Any, day: int) -> int | None:
    """Return the number by which an execution is known again, None where nothing was executed.

    It is made of the runtime, its name for the job and the day: a lab that begins to count anew
    does not tell the same again. That two have the same by chance is one case in millions.
    """
    if row.state != RunState.FINISHED:
        return None
    name = row.job_id or row.key
    text = "\0".join((row.runtime or "", name, str(day)))
    digest = hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1

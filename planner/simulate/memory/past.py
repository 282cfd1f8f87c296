# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runs that ended, as columns that grow."""

from array import array
from bisect import bisect_left
from datetime import datetime
from typing import Any

import numpy as np

from models import PLANNED, History, Names, Outcome
from planner.simulate.memory.run import Run

NAMES = ("job", "kind", "platform", "device_type", "runtime", "arch", "tree", "result")
TIMES = ("submitted", "started", "ended")


class Past:
    """A history to which runs are added as they end: what was there is not looked at again."""

    def __init__(self) -> None:
        self._closed = array("d")  # ascending
        self._runs: list[str] = []
        self._job_ids: list[str | None] = []
        self._names = {name: _Column() for name in NAMES}
        self._spoiled = array("b")
        self._numbers = {name: array("d") for name in (*TIMES, *PLANNED)}

    def add(self, run: Run, outcome: Outcome, now: datetime) -> None:
        """Add a run that ended."""
        request, place, planned = run.request, run.place, run.planned
        self._closed.append(now.timestamp())
        self._runs.append(place.run)
        self._job_ids.append(run.named.job_id)
        named = {
            "job": request.job,
            "kind": request.kind,
            "platform": place.platform,
            "device_type": place.device_type,
            "runtime": place.runtime,
            "arch": place.node["data"].get("arch"),
            "tree": request.revision.tree if request.revision else None,
            "result": outcome.result,
        }
        for name, column in self._names.items():
            column.add(named[name])
        self._spoiled.append(outcome.infrastructure)
        for name, moment in zip(
            TIMES, (run.submitted, outcome.started, outcome.ended), strict=True
        ):
            self._numbers[name].append(np.nan if moment is None else moment.timestamp())
        for name in PLANNED:
            said = getattr(planned, name.removeprefix("expected_"), None)
            self._numbers[name].append(np.nan if said is None else said)

    def history(self, begin: datetime, most: int) -> History:
        """Return those that ended since `begin`, newest first, at most so many."""
        count = len(self._closed)
        first = max(bisect_left(self._closed, begin.timestamp()), count - most)
        if first >= count:
            return History()
        columns: dict[str, Any] = {
            **{name: column.backwards(first) for name, column in self._names.items()},
            **{name: _backwards(column, first) for name, column in self._numbers.items()},
        }
        return History.model_construct(
            run=tuple(reversed(self._runs[first:])),
            job_id=tuple(reversed(self._job_ids[first:])),
            **columns,
            infrastructure=_backwards(self._spoiled, first).astype(np.bool_),
            runs=np.ones(count - first, dtype=np.int64),
        )


class _Column:
    """Names that grow in number, each different one kept once."""

    def __init__(self) -> None:
        self._known: dict[str | None, int] = {}
        self._at = array("q")

    def add(self, name: str | None) -> None:
        self._at.append(self._known.setdefault(name, len(self._known)))

    def backwards(self, first: int) -> Names[Any]:
        """Return the names from `first` on, the last one first."""
        every = Names(tuple(self._known), np.frombuffer(self._at, dtype=np.int64))
        return every.where(np.arange(len(self._at) - 1, first - 1, -1))


def _backwards(column: "array[Any]", first: int) -> Any:
    # A copy: an array cannot grow while anybody looks into it.
    return np.array(column[first:])[::-1].copy()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A history without what cannot be true, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models import Garbage, History
from planner.estimates.quantiles import Floats

CLOCK_SKEW = timedelta(minutes=5)  # so far may a lab's clock be ahead of ours

Item = TypeVar("Item")


@dataclass(frozen=True)
class Past:
    """Runs that can be learned from, in the order of their keys, whenever they arrived.

    `duration` is in seconds, `age` how many seconds ago each ended. `failed` are those that the
    place spoiled: their durations say nothing of the job.
    """

    job: tuple[str, ...]
    kind: tuple[str, ...]
    platform: tuple[str, ...]
    runtime: tuple[str, ...]
    duration: Floats
    age: Floats
    failed: NDArray[np.bool_]
    garbage: Garbage

    def __len__(self) -> int:
        return len(self.job)


def sieve(history: History, now: datetime) -> Past:
    """Return what can be learned from; the rest is counted, under the first thing wrong with it."""
    order = np.array(sorted(range(len(history)), key=history.run.__getitem__), dtype=np.int64)
    started, ended = _moments(history.started, order), _moments(history.ended, order)
    last = (now + CLOCK_SKEW).timestamp()
    wrong = np.select(
        [np.isnan(started) | np.isnan(ended), ended < started, ended == started, ended > last],
        [1, 2, 3, 4],
        0,
    )
    seen: set[tuple[object, ...]] = set()
    for at in np.flatnonzero(wrong == 0):
        one = order[at]
        told = (history.runtime[one], history.job_id[one] or history.run[one])
        execution = (*told, started[at], ended[at])
        if execution in seen:
            wrong[at] = 5
        seen.add(execution)
    counts = np.bincount(wrong, minlength=6).tolist()
    sound = wrong == 0
    kept = order[sound].tolist()
    return Past(
        job=_picked(history.job, kept),
        kind=_picked(history.kind, kept),
        platform=_picked(history.platform, kept),
        runtime=_picked(history.runtime, kept),
        duration=(ended - started)[sound],
        age=np.maximum(0.0, now.timestamp() - ended[sound]),
        failed=np.array(_picked(history.infrastructure, kept), dtype=np.bool_),
        garbage=Garbage(**dict(zip(Garbage.model_fields, counts[1:], strict=True))),
    )


def _moments(times: Sequence[datetime | None], order: NDArray[np.int64]) -> Floats:
    seconds = (np.nan if moment is None else moment.timestamp() for moment in times)
    return np.fromiter(seconds, dtype=np.float64, count=len(times))[order]


def _picked(column: Sequence[Item], kept: list[int]) -> tuple[Item, ...]:
    return tuple(column[one] for one in kept)

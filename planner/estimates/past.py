# SPDX-License-Identifier: LGPL-2.1-or-later
"""A history without what cannot be true, as arrays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from models import Garbage, History, Names
from planner.estimates.quantiles import Floats, Ints, ascending

_WRONG = ("missing_times", "ended_before_start", "no_time_at_all", "in_the_future", "duplicates")
CLOCK_SKEW = timedelta(minutes=5)  # so far may a lab's clock be ahead of ours


@dataclass(frozen=True)
class Past:
    """Runs that can be learned from, in the order in which they ended, whenever they arrived.

    `duration` is in seconds, `age` how many seconds ago each ended. `failed` are those that the
    place spoiled: their durations say nothing of the job. Each stands for `runs` that are alike.
    `wait` is how many seconds each waited for its start, and `queue` how many the length of the
    queue had promised; `priority` is what it was sent with, `expected_*` are what its plan
    expected, `cycle` which plan that was. NaN where nobody knows.
    """

    job: Names[str]
    kind: Names[str]
    platform: Names[str]
    device_type: Names[str]
    runtime: Names[str]
    duration: Floats
    age: Floats
    wait: Floats
    queue: Floats
    priority: Floats
    expected_start: Floats
    expected_duration: Floats
    expected_p90: Floats
    cycle: Floats
    failed: NDArray[np.bool_]
    runs: Ints
    garbage: Garbage

    def __len__(self) -> int:
        return len(self.job)


def sieve(history: History, now: datetime) -> Past:
    """Return what can be learned from; the rest is counted, under the first thing wrong with it."""
    # By their times, so that it does not matter how they came; who is first of equals is told
    # by name, and only there, for a name is slow to compare.
    waits = (history.submitted, history.expected_queue_s, history.priority)
    order = ascending(history.ended, history.started, history.runs, *waits)
    started, ended = history.started[order], history.ended[order]
    last = (now + CLOCK_SKEW).timestamp()
    wrong = np.select(
        [np.isnan(started) | np.isnan(ended), ended < started, ended == started, ended > last],
        [1, 2, 3, 4],
        0,
    )
    wrong[_repeated(history, order, (wrong == 0), started, ended)] = 5
    counts = np.bincount(wrong, weights=history.runs[order], minlength=6).astype(int).tolist()
    sound = wrong == 0
    kept = order[sound]
    wait = _waited(history.submitted[kept], started[sound])
    skewed = np.isnan(wait) & ~np.isnan(history.submitted[kept])
    return Past(
        job=history.job.where(kept),
        kind=history.kind.where(kept),
        platform=history.platform.where(kept),
        device_type=history.device_type.where(kept),
        runtime=history.runtime.where(kept),
        duration=(ended - started)[sound],
        age=np.maximum(0.0, now.timestamp() - ended[sound]),
        wait=wait,
        queue=history.expected_queue_s[kept],
        priority=history.priority[kept],
        expected_start=history.expected_start_s[kept],
        expected_duration=history.expected_duration_s[kept],
        expected_p90=history.expected_p90_s[kept],
        cycle=history.expected_in[kept],
        failed=history.infrastructure[kept],
        runs=history.runs[kept],
        garbage=Garbage(
            **dict(zip(_WRONG, counts[1:], strict=True)),
            clock_skew=int(history.runs[kept][skewed].sum()),
        ),
    )


def _waited(submitted: Floats, started: Floats) -> Floats:
    """Return the seconds between; none where the clocks differ a little, NaN where by much."""
    wait = started - submitted
    return np.where(wait < -CLOCK_SKEW.total_seconds(), np.nan, np.maximum(0.0, wait))


def _repeated(
    history: History, order: Ints, sound: NDArray[np.bool_], started: Floats, ended: Floats
) -> list[int]:
    """Return where in `order` an execution is told again that was told before."""
    alike = sound[1:] & sound[:-1] & (started[1:] == started[:-1]) & (ended[1:] == ended[:-1])
    beside = np.flatnonzero(np.concatenate((alike, [False])) | np.concatenate(([False], alike)))
    found: list[int] = []
    seen: set[tuple[object, ...]] = set()
    for at in sorted(beside.tolist(), key=lambda at: history.run[order[at]]):
        one = order[at]
        told = (history.runtime[one], history.job_id[one] or history.run[one])
        execution = (*told, started[at], ended[at])
        if execution in seen:
            found.append(at)
        seen.add(execution)
    return found

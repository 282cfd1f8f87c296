# SPDX-License-Identifier: LGPL-2.1-or-later
"""Learned waits against simpler ones, on the same simulated month, one step ahead.

    python -m benchmarks.waits [--seeds N ...] [--runs 12000] [--step 12]

Every `step` hours each way learns from the runs that have ended, and says how long those wait that
are sent in the next hours, told what their lab says of its queue at that moment.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np

from benchmarks.estimates import WARM_UP_DAYS, Said, arguments, first, table
from benchmarks.month import BEGIN, DAYS, Month, simulate
from planner.candidates import Queue
from planner.estimates import Estimator, Pace, Paces, Signature, Slot

Place = tuple[str, str]

BASELINES: dict[str, Callable[[list[float]], Said]] = {
    "last value": lambda waits: (waits[-1], waits[-1]),
    "plain mean": lambda waits: (float(np.mean(waits)),) * 2,
    "median per slot": lambda waits: (float(np.median(waits)), float(np.quantile(waits, 0.9))),
}


def roll(month: Month, step: timedelta) -> Iterator[tuple[str, str, float, Said]]:
    """Yield group, way, what a run waited and what was said of it, for each run and each way."""
    past, seen, at = month.history, 0, BEGIN
    promised = np.full(len(past), np.nan)
    waits: dict[Place, list[float]] = defaultdict(list)
    declared = Estimator(month.catalog, now=BEGIN)
    while at < BEGIN + timedelta(days=DAYS):
        until = int(np.searchsorted(past.ended, at.timestamp()))
        for one in range(seen, until):
            waits[_place(month, one)].append(float(past.started[one] - past.submitted[one]))
        known = first(past, until, expected_queue_s=promised)
        learned = Estimator(month.catalog, known, now=at)
        sent = (past.submitted >= at.timestamp()) & (past.submitted < (at + step).timestamp())
        coming = np.flatnonzero(sent).tolist()
        paces, plain = _paces(month, learned, coming), _paces(month, declared, coming)
        for one in coming:
            place, queue = _place(month, one), _queue(month, one)
            promised[one] = queue.wait(1, Pace(0, paces[place].service_s))
            if at < BEGIN + timedelta(days=WARM_UP_DAYS):
                continue
            fallback = (queue.wait(1, plain[place].usual), queue.wait(1, plain[place].slow))
            told: dict[str, Said] = {"declared": fallback}
            for name, way in BASELINES.items():
                told[name] = way(waits[place]) if waits[place] else fallback
            told["learned"] = (
                queue.wait(1, paces[place].usual),
                queue.wait(1, paces[place].slow),
            )
            waited = float(past.started[one] - past.submitted[one])
            for group in _groups(month, place, len(waits[place])):
                yield from ((group, name, waited, said) for name, said in told.items())
        seen, at = until, at + step


def _place(month: Month, one: int) -> Place:
    return month.history.runtime[one], month.history.device_type[one]


def _queue(month: Month, one: int) -> Queue:
    runtime, device_type = _place(month, one)
    devices = int(month.devices[one])
    if not devices:
        return Queue(runtime, device_type, devices=None, told=False)
    queued, running = int(month.queued[one]), int(month.running[one])
    return Queue(runtime, device_type, devices=devices, queued=queued, running=running)


def _paces(month: Month, estimator: Estimator, coming: list[int]) -> dict[Place, Paces]:
    past = month.history
    of = {one: Signature(past.job[one], past.platform[one], past.runtime[one]) for one in coming}
    estimates = estimator.estimates(of.values())
    takes: dict[Place, list[int]] = defaultdict(list)
    for one, signature in of.items():
        takes[_place(month, one)].append(estimates[signature].duration_s)
    slots = [
        Slot(*place, place[0] != month.silent, round(float(np.mean(seconds))))
        for place, seconds in takes.items()
    ]
    return dict(zip(takes, estimator.paces(slots), strict=True))


def _groups(month: Month, place: Place, samples: int) -> Iterator[str]:
    much = "0 runs" if samples == 0 else "1 to 4 runs" if samples < 5 else "5 runs or more"
    yield "all"
    if samples < 5:
        yield much
        return
    named = {
        month.silent: "silent lab",
        month.short: "lab with devices lost",
        month.slow: "slow lab",
    }
    yield f"{named.get(place[0], 'other labs')}, 5 runs or more"


def main() -> None:
    """Print the table."""
    asked = arguments("python -m benchmarks.waits")
    rows = (
        row
        for seed in asked.seeds
        for row in roll(simulate(seed, asked.runs), timedelta(hours=asked.step))
    )
    sys.stdout.write(table(rows) + "\n")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What plans expected, against what came."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import (
    CalibratedBy,
    Calibration,
    CalibrationRow,
    Catalog,
    History,
    Learning,
    RuntimeDrift,
)
from planner.estimates.estimator import Estimator
from planner.estimates.past import Past, sieve
from planner.estimates.quantiles import Floats, Ints

DRIFT_DAYS = 7
IN_SHORT = (CalibratedBy.ALL, CalibratedBy.RUNTIME, CalibratedBy.JOB, CalibratedBy.DAY)


def calibrate(
    catalog: Catalog,
    history: History,
    *,
    learning: Learning,
    now: datetime,
    groups: Collection[CalibratedBy] = IN_SHORT,
) -> Calibration:
    """Return how good the estimates of the runs in `history` were, by each of `groups`.

    Runs that the place spoiled tell of waits and not of durations.
    """
    past = sieve(history, now)
    known = ~np.isnan(past.expected_duration)
    estimator = Estimator(catalog, history, learning=learning, now=now)
    drift = estimator.pace_since(DRIFT_DAYS)
    return Calibration(
        rows=tuple(_rows(past, np.flatnonzero(known), now, groups)),
        drift=tuple(
            RuntimeDrift(runtime=name, days=DRIFT_DAYS, percent=round(100 * ratio))
            for name, ratio in sorted(drift.items())
            if name in past.runtime
        ),
        unplanned=int(past.runs[~known].sum()),
        garbage=past.garbage,
    )


def gauges(calibration: Calibration) -> dict[str, dict[str, float]]:
    """Return the values of gauges by runtime, in seconds and ratios, by the gauge's name."""
    rows = [row for row in calibration.rows if row.by is CalibratedBy.RUNTIME]
    found: dict[str, dict[str, float]] = {
        "estimate_duration_error_seconds": _told(rows, "duration_error_s", 1),
        "estimate_wait_error_seconds": _told(rows, "wait_error_s", 1),
        "estimate_p90_covered_ratio": _told(rows, "p90_percent", 100),
    }
    found["runtime_pace_ratio"] = {one.runtime: one.percent / 100 for one in calibration.drift}
    return found


def _told(rows: Sequence[CalibrationRow], field: str, unit: int) -> dict[str, float]:
    told = {row.name: getattr(row, field) for row in rows}
    return {name: value / unit for name, value in told.items() if value is not None}


def _rows(
    past: Past, planned: Ints, now: datetime, groups: Collection[CalibratedBy]
) -> Iterator[CalibrationRow]:
    """Yield rows of the runs at the places `planned`, by what they have in common."""
    for by in CalibratedBy:
        if by in groups and len(planned):
            key = _KEYS[by](past, now)[planned]
            names, of = np.unique(key, return_inverse=True)
            order = np.argsort(of, kind="stable")
            ends = np.searchsorted(of[order], np.arange(len(names)), side="right")
            for name, these in zip(names, np.split(planned[order], ends[:-1]), strict=True):
                yield _row(past, these, by, str(name))


def _days(past: Past, now: datetime) -> NDArray[Any]:
    ended = np.array((now.timestamp() - past.age) * 1000, dtype="datetime64[ms]")
    return ended.astype("datetime64[D]")


_KEYS: dict[CalibratedBy, Callable[[Past, datetime], NDArray[Any]]] = {
    CalibratedBy.ALL: lambda past, _: np.full(len(past), "all"),
    CalibratedBy.RUNTIME: lambda past, _: np.array(past.runtime, dtype=np.str_),
    CalibratedBy.JOB: lambda past, _: np.array(past.job, dtype=np.str_),
    CalibratedBy.DAY: _days,
    CalibratedBy.CYCLE: lambda past, _: np.nan_to_num(past.cycle).astype(np.int64),
}


def _row(past: Past, these: Ints, by: CalibratedBy, name: str) -> CalibrationRow:
    whole = these[~past.failed[these]]
    took, expected = past.duration[whole], past.expected_duration[whole]
    p90 = past.expected_p90[whole]
    known = ~np.isnan(p90)
    waited = these[~np.isnan(past.wait[these] + past.expected_start[these])]
    wait, start = past.wait[waited], past.expected_start[waited]
    return CalibrationRow(
        by=by,
        name=name,
        runs=int(past.runs[these].sum()),
        duration_error_s=_mean(np.abs(took - expected)),
        duration_percent=_percent(took, expected),
        p90_percent=_mean(np.where(took <= p90, 100.0, 0.0)[known]),
        wait_error_s=_mean(np.abs(wait - start)),
        wait_percent=_percent(wait, start),
    )


def _mean(values: Floats) -> int | None:
    return round(float(values.mean())) if len(values) else None


def _percent(came: Floats, expected: Floats) -> int | None:
    some = expected > 0
    return round(100 * float(np.median(came[some] / expected[some]))) if some.any() else None

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What plans expected, against what came."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

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
from planner.estimates.quantiles import Floats

DRIFT_DAYS = 7


def calibrate(
    catalog: Catalog, history: History, *, learning: Learning, now: datetime
) -> Calibration:
    """Return how good the estimates of the runs in `history` were.

    Runs that the place spoiled tell of waits and not of durations.
    """
    past = sieve(history, now)
    planned = ~np.isnan(past.expected_duration)
    estimator = Estimator(catalog, history, learning=learning, now=now)
    drift = estimator.pace_since(DRIFT_DAYS)
    return Calibration(
        rows=tuple(_rows(past, planned, now)),
        drift=tuple(
            RuntimeDrift(runtime=name, days=DRIFT_DAYS, percent=round(100 * ratio))
            for name, ratio in sorted(drift.items())
            if name in past.runtime
        ),
        unplanned=int(past.runs[~planned].sum()),
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


def _rows(past: Past, planned: NDArray[np.bool_], now: datetime) -> Iterator[CalibrationRow]:
    ended = now.timestamp() - past.age
    days = [datetime.fromtimestamp(moment, UTC).date().isoformat() for moment in ended.tolist()]
    for by, names in (
        (CalibratedBy.ALL, ("all",) * len(past)),
        (CalibratedBy.RUNTIME, past.runtime),
        (CalibratedBy.JOB, past.job),
        (CalibratedBy.DAY, tuple(days)),
    ):
        column = np.array(names, dtype=object)
        for name in sorted(set(column[planned])):
            yield _row(past, planned & (column == name), by, name)


def _row(past: Past, these: NDArray[np.bool_], by: CalibratedBy, name: str) -> CalibrationRow:
    whole = these & ~past.failed
    took, expected = past.duration[whole], past.expected_duration[whole]
    p90 = past.expected_p90[whole]
    known = ~np.isnan(p90)
    waited = these & ~np.isnan(past.wait) & ~np.isnan(past.expected_start)
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

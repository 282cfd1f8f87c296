# SPDX-License-Identifier: LGPL-2.1-or-later
"""What plans expected, held against what came."""

from datetime import timedelta
from typing import Any

import pytest

from models import CalibratedBy, Calibration
from planner.estimates import Signature, calibrate, gauges
from tests.candidates.site import NOW
from tests.estimates.past import HERE, LEARNING, catalog, history, ran


def planned(took: float, waited: float = 60, of: Signature = HERE, **more: Any) -> dict[str, Any]:
    """Return a run that was expected to wait 30 s and to last 100 s, at most 150 s."""
    expected = {"expected_start_s": 30, "expected_duration_s": 100, "expected_p90_s": 150}
    one = ran(took, of, **{**expected, **more})
    return {**one, "submitted": one["started"] - timedelta(seconds=waited)}


def calibrated(*runs: dict[str, Any]) -> Calibration:
    """Return the calibration of these runs."""
    return calibrate(catalog(), history(runs), learning=LEARNING, now=NOW)


def test_errors_ratios_and_coverage() -> None:
    """Three runs of 100, 140 and 200 s: 47 s off, 140 % in the middle, two within the p90."""
    row = calibrated(planned(100), planned(140), planned(200)).rows[0]
    assert (row.by, row.runs) == (CalibratedBy.ALL, 3)
    assert (row.duration_error_s, row.duration_percent, row.p90_percent) == (47, 140, 67)
    assert (row.wait_error_s, row.wait_percent) == (30, 200)


def test_rows_are_by_runtime_job_and_day() -> None:
    """Each has its own runs."""
    there = Signature("ltp", "pi", "cloud")
    found = calibrated(planned(100), planned(300, of=there, days=1)).rows
    errors = {(str(row.by), row.name): row.duration_error_s for row in found}
    assert errors["runtime", "lava"] == errors["job", "boot"] == errors["day", "2026-08-01"] == 0
    assert errors["runtime", "cloud"] == errors["job", "ltp"] == errors["day", "2026-07-31"] == 200


def test_rows_are_by_cycle_where_that_is_asked_for() -> None:
    """Each plan is held against what came of it, in the order of their numbers."""
    runs = (planned(300, expected_in=10), planned(100, expected_in=9), planned(150, expected_in=10))
    found = calibrate(
        catalog(),
        history(runs),
        learning=LEARNING,
        now=NOW,
        groups=(CalibratedBy.CYCLE,),
    )
    assert [(row.name, row.runs, row.duration_error_s) for row in found.rows] == [
        ("9", 1, 0),
        ("10", 2, 125),
    ]


def test_what_cannot_be_is_told_beside_the_rows() -> None:
    """It is in none of them."""
    found = calibrated(planned(100), planned(100) | {"started": None})
    assert (found.rows[0].runs, found.garbage.missing_times) == (1, 1)


def test_what_no_plan_spoke_of_is_only_counted() -> None:
    """Imported runs, and those of earlier ledgers."""
    found = calibrated(ran(100), ran(200))
    assert (found.rows, found.unplanned) == ((), 2)


def test_a_spoiled_run_tells_of_its_wait_alone() -> None:
    """How long it lasted says nothing of the estimate."""
    row = calibrated(planned(5, infrastructure=True)).rows[0]
    assert (row.duration_error_s, row.p90_percent, row.wait_error_s) == (None, None, 30)


def test_drift_is_told_of_runtimes_that_ran_something() -> None:
    """In percent of a week ago."""
    assert [(one.runtime, one.percent) for one in calibrated(planned(100)).drift] == [("lava", 100)]


def test_gauges_are_in_seconds_and_ratios() -> None:
    """By runtime; what nobody knows has no value."""
    found = gauges(calibrated(planned(120), planned(5, infrastructure=True)))
    assert found["estimate_duration_error_seconds"] == {"lava": 20}
    assert found["estimate_p90_covered_ratio"] == {"lava": pytest.approx(1)}
    assert found["runtime_pace_ratio"]["lava"] == pytest.approx(1)
    spoiled = gauges(calibrated(planned(5, infrastructure=True)))
    assert spoiled["estimate_duration_error_seconds"] == {}

# SPDX-License-Identifier: LGPL-2.1-or-later
"""How good the estimates were, and what has not run for how long."""

from datetime import datetime
from enum import StrEnum

from models.base import Ours
from models.history import Garbage


class CalibratedBy(StrEnum):
    """What the runs of a row have in common."""

    ALL = "all"
    RUNTIME = "runtime"
    JOB = "job"
    DAY = "day"  # on which they ended, in UTC
    CYCLE = "cycle"  # whose plan placed them


class CalibrationRow(Ours):
    """What plans expected of runs, against what came; None where no run tells.

    Errors are means of absolute differences in seconds. Ratios are medians of what came by what
    was expected, in percent. `p90_percent` of the runs lasted no longer than their p90.
    """

    by: CalibratedBy
    name: str
    runs: int
    duration_error_s: int | None = None
    duration_percent: int | None = None
    p90_percent: int | None = None
    wait_error_s: int | None = None
    wait_percent: int | None = None


class RuntimeDrift(Ours):
    """Runs in a runtime take `percent` of the time that they took `days` ago."""

    runtime: str
    days: int
    percent: int


class Calibration(Ours):
    """The rows, all together first, and how the pace of each runtime changed.

    `unplanned` are executed runs of which no plan said what to expect, `garbage` those of which
    nothing can be told.
    """

    rows: tuple[CalibrationRow, ...]
    drift: tuple[RuntimeDrift, ...]
    unplanned: int
    garbage: Garbage = Garbage()


class CoverageRow(Ours):
    """When a job last ran on a device type for a tree, None where it never did.

    `runs` are those that the history knows; what the place spoiled does not count.
    """

    job: str
    device_type: str
    tree: str
    runs: int
    last: datetime | None
    age_s: int | None

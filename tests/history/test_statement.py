# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab's month: its own runs only, utilisation where devices are known."""

from datetime import date

import pytest

from models import Catalog, PlannerSettings
from planner.history import month_days, statement
from tests.estimates.past import catalog
from tests.history.cells import FIRST, LAST, Ran, cells

HOUR = 3_600_000
RUNS = [
    Ran(job="boot", took=HOUR),
    Ran(job="ltp", took=5 * HOUR, tree="next", spoiled=True, result="incomplete"),
    Ran(lab="lab-b", took=70 * HOUR),
]


def site(**planner: object) -> Catalog:
    """Return a site with this in its `planner:` section."""
    settings = PlannerSettings.model_validate(planner)
    return catalog().model_copy(update={"planner": settings})


def test_only_the_lab_counts() -> None:
    """Runs, hours, trees and jobs are those of the lab; the longest job is first."""
    told = statement(site(), cells(RUNS), "lab-a", FIRST, LAST)
    assert (told.lab, told.month, told.days) == ("lab-a", "2026-10", 31)
    assert (told.total.runs, told.total.device_s) == (2, 6 * 3600)
    assert (told.total.infrastructure, told.total.other) == (1, 1)
    assert {row.name for row in told.by_tree} == {"mainline", "next"}
    assert [row.name for row in told.longest] == ["ltp", "boot"]
    assert [row.name for row in told.by_day] == ["2026-10-01"]


def test_utilisation_is_told_where_devices_are_known() -> None:
    """Six hours on two boards are three hours of each; of other labs nobody knows."""
    known = site(capacity={"lab-a": {"devices": {"rock": 2}}})
    told = statement(known, cells(RUNS), "lab-a", FIRST, FIRST)
    assert (told.devices, told.utilisation_percent) == (2, 12.5)
    (boards,) = told.by_device_type
    assert (boards.devices, boards.utilisation_percent) == (2, 12.5)
    other = statement(known, cells(RUNS), "lab-b", FIRST, FIRST)
    assert (other.devices, other.utilisation_percent) == (None, None)


def test_a_contract_is_shown_as_it_is() -> None:
    """The owner sees the terms that were kept."""
    told = statement(
        site(contracts={"lab-a": {"max_duration": "3h"}}), cells([]), "lab-a", FIRST, LAST
    )
    assert told.contract is not None
    assert told.contract["max_duration"] == 3 * 3600
    assert told.total.runs == 0


@pytest.mark.parametrize(
    ("month", "today", "days"),
    [
        (date(2026, 2, 1), date(2026, 10, 9), (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 10, 1), date(2026, 10, 9), (date(2026, 10, 1), date(2026, 10, 9))),
        (date(2026, 11, 1), date(2026, 10, 9), (date(2026, 11, 1), date(2026, 11, 1))),
    ],
)
def test_a_month_ends_today_at_the_latest(
    month: date, today: date, days: tuple[date, date]
) -> None:
    """Days to come are no time in which devices could have been used."""
    assert month_days(month, today) == days

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Workloads: what happens to a site in a day; one file each, and one line in `WORKLOADS`."""

from collections.abc import Callable
from typing import NamedTuple

from models import Catalog, PlannerError
from planner.simulate.scenario import Scenario
from planner.simulate.workloads import (
    day,
    flaky_lab,
    kubernetes_cost,
    lab_down,
    month,
    quiet_night,
    rc1_burst,
    scarce_board,
    slow_lab,
    ten_days,
)


class Workload(NamedTuple):
    """A workload: `draw(catalog, seed, times)` gives a scenario `times` as large as the site."""

    name: str
    summary: str
    draw: Callable[[Catalog, int, float], Scenario]


WORKLOADS: tuple[Workload, ...] = (
    Workload("day", day.SUMMARY, day.draw),
    Workload("rc1-burst", rc1_burst.SUMMARY, rc1_burst.draw),
    Workload("lab-down", lab_down.SUMMARY, lab_down.draw),
    Workload("slow-lab", slow_lab.SUMMARY, slow_lab.draw),
    Workload("scarce-board", scarce_board.SUMMARY, scarce_board.draw),
    Workload("flaky-lab", flaky_lab.SUMMARY, flaky_lab.draw),
    Workload("quiet-night", quiet_night.SUMMARY, quiet_night.draw),
    Workload("kubernetes-cost", kubernetes_cost.SUMMARY, kubernetes_cost.draw),
    Workload("month", month.SUMMARY, month.draw),
    Workload("ten-days", ten_days.SUMMARY, ten_days.draw),
)


def find_workload(name: str) -> Workload:
    """Return the workload of that name.

    Raises:
        PlannerError: if there is none; the text lists those that there are.
    """
    for workload in WORKLOADS:
        if workload.name == name:
            return workload
    known = ", ".join(workload.name for workload in WORKLOADS)
    raise PlannerError(f"there is no workload {name!r}; there are: {known}")

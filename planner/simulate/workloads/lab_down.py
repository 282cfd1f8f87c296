# SPDX-License-Identifier: LGPL-2.1-or-later
"""The busiest lab is away for the afternoon, and another one is in maintenance at night."""

from dataclasses import replace

from models import Catalog
from planner.simulate.fleet import HOUR, Window
from planner.simulate.scenario import Scenario, lava_labs
from planner.simulate.workloads import day

SUMMARY = "the lab with most boards does not answer for six hours, another one rests for three"
AWAY, REST = Window(11 * HOUR, 17 * HOUR), Window(3 * HOUR, 6 * HOUR)


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return an ordinary day with two labs missing for a while."""
    calm = day.draw(catalog, seed, times)
    largest, *others = lava_labs(calm)
    fleet = calm.fleet.having(replace(calm.fleet.labs[largest], outages=(AWAY,)))
    if others:
        fleet = fleet.having(replace(fleet.labs[others[0]], maintenance=(REST,)))
    return calm.with_fleet(fleet)

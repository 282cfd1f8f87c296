# SPDX-License-Identifier: LGPL-2.1-or-later
"""A night with little to do: nothing should wait."""

from dataclasses import replace

from models import Catalog
from planner.simulate.checkouts import draw_checkouts
from planner.simulate.scenario import Scenario
from planner.simulate.workloads import day

SUMMARY = "eight hours with a few checkouts, so that every policy has room"
CHECKOUTS, HOURS = 4, 8.0


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return the labs of an ordinary day with little to do."""
    calm = day.draw(catalog, seed, times)
    count = max(1, round(CHECKOUTS * times))
    few = draw_checkouts(calm.catalog, seed, count, HOURS, profile=(1,), name="night")
    return replace(calm, checkouts=few, hours=HOURS)

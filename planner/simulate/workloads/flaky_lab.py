# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab spoils every fourth run, and its boards break."""

from dataclasses import replace

from models import Catalog
from planner.simulate.fleet import HOUR
from planner.simulate.scenario import Scenario, lava_labs
from planner.simulate.workloads import day

SUMMARY = "the lab with most boards spoils a quarter of its runs, and boards break every four days"


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return an ordinary day with one lab that fails."""
    calm = day.draw(catalog, seed, times)
    lab = calm.fleet.labs[lava_labs(calm)[0]]
    flaky = replace(lab, risk=0.25, board_life_s=4 * 24 * HOUR)
    return calm.with_fleet(calm.fleet.having(flaky))

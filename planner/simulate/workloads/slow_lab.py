# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab gets slow in the morning, and its API answers like treacle."""

from dataclasses import replace

from models import Catalog
from planner.simulate.fleet import HOUR
from planner.simulate.scenario import Scenario, lava_labs
from planner.simulate.workloads import day

SUMMARY = "runs in the lab with most boards last twice as long from eight on; its API takes 8 s"


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return an ordinary day with one lab slow."""
    calm = day.draw(catalog, seed, times)
    lab = calm.fleet.labs[lava_labs(calm)[0]]
    slow = replace(lab, slows_at=8 * HOUR, slow_pace=2.0, delay_s=8.0)
    return calm.with_fleet(calm.fleet.having(slow))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""There is one board of each type only, and other users want it too."""

from dataclasses import replace

from models import Catalog
from planner.simulate.scenario import Scenario, lava_labs
from planner.simulate.workloads import day

SUMMARY = "one board of each type, a quarter of its time for others"


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return an ordinary day on few boards."""
    calm = day.draw(catalog, seed, times)
    fleet = calm.fleet
    for name in lava_labs(calm):
        lab = fleet.labs[name]
        devices = {kind: min(1, boards) for kind, boards in lab.devices.items()}
        fleet = fleet.having(replace(lab, devices=devices, others=0.25))
    return calm.with_fleet(fleet)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The month in ten days, for machines that have other work."""

from models import Catalog
from planner.simulate.scenario import Scenario
from planner.simulate.workloads.month import changing

SUMMARY = "10 days; one lab is half as fast from the third on, another spoils a third from the 6th"
DAYS = 10


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return ten days with `times` the checkouts and boards."""
    return changing(catalog, seed, times, days=DAYS)

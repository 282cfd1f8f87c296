# SPDX-License-Identifier: LGPL-2.1-or-later
"""An ordinary day: checkouts as people push, labs as they are."""

from models import Catalog
from planner.simulate.checkouts import draw_checkouts, with_branches
from planner.simulate.scenario import Scenario, with_labs

SUMMARY = "an ordinary day of a site"
CHECKOUTS, HOURS = 36, 24.0
PUSHES = 2  # a day and branch


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return a day with `times` the checkouts and boards."""
    count = max(1, round(CHECKOUTS * times))
    catalog = with_branches(catalog, max(1, count // PUSHES))
    checkouts = draw_checkouts(catalog, seed, count, HOURS)
    return with_labs(catalog, checkouts, HOURS, seed, times)

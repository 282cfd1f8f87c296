# SPDX-License-Identifier: LGPL-2.1-or-later
"""Four weeks in which labs change: what was learned early on is not true for ever."""

from dataclasses import replace

from models import Catalog
from planner.simulate.checkouts import draw_checkouts, with_branches
from planner.simulate.fleet import HOUR
from planner.simulate.scenario import Scenario, lava_labs, with_labs

SUMMARY = "28 days; one lab is half as fast from the 8th on, another spoils a third from the 15th"
CHECKOUTS, DAYS = 6, 28  # a day
DAY = 24 * HOUR
PUSHES = 2  # a day and branch


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return four weeks with `times` the checkouts and boards."""
    return changing(catalog, seed, times, days=DAYS)


def changing(catalog: Catalog, seed: int, times: float, *, days: int) -> Scenario:
    """Return so many days: a lab is slow for three quarters of them, another flaky for half."""
    a_day = max(1, round(CHECKOUTS * times))
    catalog = with_branches(catalog, max(1, a_day // PUSHES))
    checkouts = draw_checkouts(catalog, seed, a_day * days, days * 24.0)
    calm = with_labs(catalog, checkouts, days * 24.0, seed, times)
    first, *others = (calm.fleet.labs[name] for name in lava_labs(calm))
    changed = [replace(first, slows_at=days * DAY / 4, slow_pace=2.0)]
    changed += [replace(lab, fails_at=days * DAY / 2, fail_risk=0.33) for lab in others[:1]]
    return calm.with_fleet(calm.fleet.having(*changed))

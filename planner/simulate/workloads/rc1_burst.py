# SPDX-License-Identifier: LGPL-2.1-or-later
"""The day of a -rc1: most of a day's checkouts come within three hours."""

from dataclasses import replace

from models import Catalog
from planner.simulate.checkouts import draw_checkouts
from planner.simulate.scenario import Scenario
from planner.simulate.workloads import day

SUMMARY = "a day's checkouts again, within three hours of the afternoon"
BURST, AT, HOURS = 20, 12 * 3600.0, 3.0


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return an ordinary day, and a burst on top of it."""
    calm = day.draw(catalog, seed, times)
    count = max(1, round(BURST * times))
    burst = draw_checkouts(calm.catalog, seed, count, HOURS, profile=(1,), name="burst")
    late = tuple(replace(checkout, at=checkout.at + AT) for checkout in burst)
    checkouts = tuple(sorted((*calm.checkouts, *late), key=lambda one: (one.at, one.commit)))
    return replace(calm, checkouts=checkouts)

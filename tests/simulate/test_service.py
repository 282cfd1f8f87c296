# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long simulated runs last, and which of them their lab spoils."""

import numpy as np

from models import Catalog
from planner.simulate.service import LONGEST, Service

PLACE = ("boot", "rk3399-rock-pi-4b", "lava-north")


def fates(service: Service, risk: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the seconds of 3,000 runs, and which of them are spoiled."""
    all_fates = [service.fate(f"run-{n}", *PLACE, risk=risk) for n in range(3000)]
    return np.array([f.seconds for f in all_fates]), np.array([f.spoiled for f in all_fates])


def test_durations_have_a_heavy_tail(site: Catalog) -> None:
    """Half of the runs last as usual, some far longer than noise alone would have them."""
    service = Service(site, 1)
    usual = service.usual(*PLACE)
    seconds, _ = fates(service, 0.0)
    assert 0.95 < np.median(seconds) / usual < 1.05
    twice = np.mean(seconds > 2 * usual)  # by noise alone it would be one run in 3,800
    assert 0.005 < twice < 0.03
    assert np.any(seconds > 4 * usual)
    assert seconds.max() <= round(LONGEST * usual)


def test_as_many_runs_are_spoiled_as_the_risk_says(site: Catalog) -> None:
    """Four runs in ten, and they end before their time."""
    service = Service(site, 1)
    whole, none = fates(service, 0.0)
    seconds, spoiled = fates(service, 0.4)
    assert not none.any()
    assert 0.36 < spoiled.mean() < 0.44
    assert np.all(seconds[spoiled] <= whole[spoiled])
    assert np.array_equal(seconds[~spoiled], whole[~spoiled])


def test_a_run_has_the_same_fate_whoever_sends_it_when(site: Catalog) -> None:
    """Fates hang on names and the seed, not on the order in which they are asked for."""
    there, back = Service(site, 7), Service(site, 7)
    names = [f"run-{n}" for n in range(20)]
    told = {name: there.fate(name, *PLACE, risk=0.3) for name in names}
    assert told == {name: back.fate(name, *PLACE, risk=0.3) for name in reversed(names)}
    assert told["run-0"] != Service(site, 8).fate("run-0", *PLACE, risk=0.3)

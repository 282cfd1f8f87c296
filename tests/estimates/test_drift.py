# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the pace of a runtime is followed."""

import numpy as np
import pytest

from models import Learning
from planner.estimates import Estimator, Signature
from planner.estimates.drift import Drift
from tests.candidates.site import NOW
from tests.estimates.past import HERE, LEARNING, catalog, estimate, history, ran

DAY = 86400
DAYS = 20


def paced(factor_of_last_day: float, *, runs_a_day: int, outlier: float = 1.0) -> Drift:
    """Return the drift of one lab with ten jobs, where the last day (or run) was different."""
    draw = np.random.default_rng(1)
    age = np.sort(draw.uniform(0, DAYS * DAY, DAYS * runs_a_day))
    job = np.arange(len(age)) % 10
    logs = 6 + 0.1 * job + draw.normal(0, 0.2, len(age))
    logs += np.where(age < DAY, np.log(factor_of_last_day), 0)
    logs[0] += np.log(outlier)
    here, single = np.zeros(len(age), dtype=np.int64), np.ones(len(age), dtype=np.bool_)
    return Drift(logs, age, job, here, single, per_day=0.05)


def test_a_steady_lab_does_not_drift() -> None:
    """Scatter alone moves nothing by more than a twelfth."""
    assert paced(1, runs_a_day=20).since(7)[0] == pytest.approx(1, abs=1 / 12)


def test_a_sudden_change_is_a_change_where_many_runs_say_so() -> None:
    """A lab that is twice as slow since yesterday is taken to be so, and was not the day before."""
    drift = paced(2, runs_a_day=20)
    assert drift.since(7)[0] == pytest.approx(2, rel=0.1)
    assert drift.since(3)[0] == pytest.approx(2, rel=0.1)


def test_one_outlier_is_no_change() -> None:
    """The last of few runs took a hundred times as long: the pace moves by less than a fifth."""
    assert paced(1, runs_a_day=1, outlier=100).since(7)[0] < 1.2


def test_a_slow_lab_is_slow_for_what_did_not_run_there_lately() -> None:
    """Other jobs have shown it; without drift nothing of it would be known."""
    here, other = Signature("boot", "rock", "lava"), Signature("ltp", "pi", "lava")
    before = [ran(100, one, days=10 - k / 5) for k in range(40) for one in (here, other)]
    after = [ran(300, other, days=k / 20) for k in range(20)]
    slow = estimate(*before, *after, of=here)
    steady = estimate(*before, *after, of=here, learning=Learning(prior_runs=2, drift_percent=0))
    assert steady.duration_s < 120 < 250 < slow.duration_s < 320


def test_nothing_ran() -> None:
    """There is a drift of nothing."""
    none, nowhere = np.zeros(0), np.zeros(0, dtype=np.int64)
    drift = Drift(none, none, nowhere, nowhere, np.zeros(0, dtype=np.bool_), per_day=0.05)
    assert len(drift.as_of_now(none)) == 0


def test_rows_of_many_runs_show_no_pace() -> None:
    """They are of many days: those of a lab that were ten times as slow then are no drift."""
    single = [ran(100, days=day / 10) for day in range(100)]
    many = [ran(1000, days=day / 10, runs=50) for day in range(100)]
    past = Estimator(catalog(), history([*single, *many]), learning=LEARNING, now=NOW)
    assert past.pace_since(7)["lava"] == pytest.approx(1)
    only_many = Estimator(catalog(), history(many), learning=LEARNING, now=NOW)
    assert only_many.estimates([HERE])[HERE].duration_s == pytest.approx(1000, abs=10)

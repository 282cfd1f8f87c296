# SPDX-License-Identifier: LGPL-2.1-or-later
"""The marks of the time axis."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from planner.report.axis import ticks


@given(horizon=st.integers(0, 10**9))
def test_few_round_times(horizon: int) -> None:
    """At most six, from now on, evenly spaced, none after the end."""
    found = ticks(horizon)
    assert found[0] == 0
    assert len(found) <= 6
    assert found[-1] <= horizon
    steps = {after - before for before, after in pairwise(found)}
    assert len(steps) <= 1
    assert all(step % 60 == 0 for step in steps)


def test_an_afternoon() -> None:
    """Five hours have a mark every hour."""
    assert ticks(5 * 3600 + 60) == tuple(hour * 3600 for hour in range(6))

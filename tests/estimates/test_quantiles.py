# SPDX-License-Identifier: LGPL-2.1-or-later
"""Weighted quantiles of many groups, against what is known of each alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.estimates.quantiles import Groups

VALUES = st.lists(st.tuples(st.integers(0, 4), st.integers(-50, 50), st.integers(1, 5)), min_size=1)


def quantile(rows: list[tuple[int, int, int]], share: float) -> dict[int, float]:
    """Return the quantile of each group in (group, value, weight) rows, by group."""
    group, values, weights = (np.array(column) for column in zip(*rows, strict=True))
    known, index = np.unique(group, return_inverse=True)
    groups = Groups.of(values.astype(float), weights.astype(float), index, len(known))
    return dict(zip(known.tolist(), groups.quantile(share).tolist(), strict=True))


@pytest.mark.parametrize(
    ("rows", "share", "expected"),
    [
        ([(0, 7, 1)], 0.9, 7),
        ([(0, 1, 1), (0, 3, 1)], 0.5, 2),
        ([(0, 1, 1), (0, 3, 1), (0, 100, 1)], 0.5, 3),
        ([(0, 1, 8), (0, 100, 1)], 0.5, 1 + 99 / 9),
        ([(0, 1, 1), (0, 3, 1)], 0.9, 3),
        ([(0, 1, 1), (0, 3, 1)], 0.1, 1),
    ],
)
def test_of_one_group(rows: list[tuple[int, int, int]], share: float, expected: float) -> None:
    """Between two values it is in proportion; beyond the last one it is that one."""
    assert quantile(rows, share)[0] == pytest.approx(expected)


@given(VALUES, st.sampled_from([0.1, 0.5, 0.9]))
def test_groups_do_not_touch_each_other(rows: list[tuple[int, int, int]], share: float) -> None:
    """Each group has the quantile that it has alone."""
    together = quantile(rows, share)
    for group, value in together.items():
        alone = [row for row in rows if row[0] == group]
        assert value == pytest.approx(quantile(alone, share)[group])
        values = [row[1] for row in alone]
        assert min(values) <= value <= max(values)

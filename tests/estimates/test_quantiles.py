# SPDX-License-Identifier: LGPL-2.1-or-later
"""Weighted quantiles of many groups, against what is known of each alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.estimates.quantiles import Groups, ascending

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


@given(VALUES, st.permutations(range(3)))
def test_order_is_by_each_column_in_turn(rows: list[tuple[int, int, int]], by: list[int]) -> None:
    """Equal values are told apart by the next column, and then by who comes first."""
    columns = np.array(rows, dtype=np.float64).T[by]
    found = [rows[at] for at in ascending(columns[0], *columns[1:]).tolist()]
    assert found == sorted(rows, key=lambda row: tuple(row[at] for at in by))
    order = ascending(columns[0]).tolist()
    assert order == sorted(range(len(rows)), key=lambda at: (rows[at][by[0]], at))


@given(VALUES, st.sampled_from([0.1, 0.5, 0.9]))
def test_groups_are_the_same_one_rung_after_the_other(
    rows: list[tuple[int, int, int]], share: float
) -> None:
    """However many rungs are worked on together, their quantiles are equal to the last bit."""
    group, values, weights = np.array(sorted(rows, key=_value)).T
    known, index = np.unique(group, return_inverse=True)
    rungs = np.array([np.zeros(len(rows), dtype=np.int64), index])
    heard = np.array([weights / 3, weights / 7])
    below = np.array([rungs[0], rungs[1] + 1])
    together = Groups.of_ascending(values / 9, heard, below, 1 + len(known)).quantile(share)
    first = Groups.of_ascending(values / 9, heard[:1], rungs[:1], 1)
    second = Groups.of_ascending(values / 9, heard[1:], rungs[1:], len(known), after=first)
    assert together.tolist() == [*first.quantile(share), *second.quantile(share)]


def _value(row: tuple[int, int, int]) -> int:
    return row[1]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Columns in few bytes."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from planner.problem.narrow import narrow
from planner.problem.problem import everywhere

NUMBERS = st.integers(0, 7) | st.integers(-(1 << 63), (1 << 63) - 1)


@given(st.lists(NUMBERS))
@example([0, 255])
@example([256])
@example([65536])
@example([1 << 32])
@example([-1])
def test_a_narrow_column_says_the_same(numbers: list[int]) -> None:
    """Whatever its numbers are, and in no more bytes than the largest of them takes."""
    column = narrow(np.array(numbers, dtype=np.int64))
    assert column.tolist() == numbers
    most = max(numbers, default=0)
    wanted = next((size for size in (1, 2, 4) if 0 <= most < 1 << 8 * size), 8)
    assert column.itemsize == (8 if min(numbers, default=0) < 0 else wanted)


def test_a_column_that_takes_no_room_is_one_like_others() -> None:
    """It has its number everywhere."""
    assert narrow(everywhere(3, 4)).tolist() == [3, 3, 3, 3]

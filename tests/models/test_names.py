# SPDX-License-Identifier: LGPL-2.1-or-later
"""A column of names is like any sequence of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models import Names

COLUMNS = st.lists(st.sampled_from(["a", "b", "c", None]))


@given(COLUMNS)
def test_it_has_the_names_in_their_order(names: list[str | None]) -> None:
    """Each different one is kept once."""
    column = Names.of(names)
    assert column == names
    assert [column[at] for at in range(len(column))] == names
    assert len(column.different) == len(set(names))


@given(COLUMNS, COLUMNS)
def test_columns_follow_each_other(first: list[str | None], then: list[str | None]) -> None:
    """As lists do."""
    assert Names.of(first).and_then(Names.of(then)) == first + then


@given(COLUMNS, st.data())
def test_a_part_keeps_only_names_that_occur_in_it(
    names: list[str | None], data: st.DataObject
) -> None:
    """By flags, and by a slice."""
    flags = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    part = Names.of(names).where(np.array(flags, dtype=np.bool_))
    assert part == [name for name, flag in zip(names, flags, strict=True) if flag]
    assert set(part.different) == set(part)
    assert Names.of(names)[1:3] == names[1:3]

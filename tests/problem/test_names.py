# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names in a column."""

from hypothesis import given
from hypothesis import strategies as st

from planner.problem.names import Names

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(words=st.lists(words))
def test_names_are_what_they_were_made_of(words: list[str]) -> None:
    """One by one, in a row, and by position, whatever characters they have."""
    names = Names(words)
    assert len(names) == len(words)
    assert list(names) == words
    assert [names[at] for at in range(-len(words), len(words))] == words + words
    assert names[1:3] == tuple(words[1:3])


@given(words=st.lists(st.sampled_from(("a", "aa", "a\0", "", "12345678", "123456789", "é"))))
def test_names_are_distinct_where_no_two_are_the_same(words: list[str]) -> None:
    """Those that differ in what comes after the eighth byte, or in length, differ."""
    assert Names(words).distinct == (len(set(words)) == len(words))


@given(one=st.lists(words), other=st.lists(words))
def test_names_are_equal_where_each_is(one: list[str], other: list[str]) -> None:
    """To names, and to tuples."""
    assert (Names(one) == Names(other)) == (one == other)
    assert (Names(one) == tuple(other)) == (one == other)
    assert Names(one) == tuple(one)


def test_a_nul_makes_no_two_names_of_one() -> None:
    """Two names with nothing between them but a NUL are not one name that has it."""
    assert Names(("a\0b",)) != Names(("a", "b"))
    assert list(Names(("a\0b", "c"))) == ["a\0b", "c"]


def test_many_names_are_told_apart_as_few_are() -> None:
    """However far apart in the column the two that are the same stand."""
    names = [f"run-{number}" for number in range(40_000)]
    assert Names(names).distinct
    assert not Names([*names, "run-1"]).distinct

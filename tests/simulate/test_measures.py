# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.simulate.measures import MEASURES, Measure, jain

DOCS = Path(__file__).parents[2] / "docs" / "measures.md"


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20).filter(any))
def test_jain_is_between_one_share_and_one(shares: list[int]) -> None:
    """And does not change if all are multiplied."""
    index = jain(shares)
    assert 1 / len(shares) - 1e-9 <= index <= 1 + 1e-9
    assert jain([3 * share for share in shares]) == pytest.approx(index)


def test_jain_of_one_who_has_everything_and_of_equals() -> None:
    """The two ends of the scale."""
    assert jain([5.0, 0.0, 0.0, 0.0]) == 0.25
    assert jain([2.0, 2.0, 2.0]) == 1.0


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.name)
def test_each_measure_is_documented_with_its_unit(measure: Measure) -> None:
    """A row of the page has its name and unit."""
    name, unit = measure.name, measure.unit
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith(f"| {name} |")]
    assert len(rows) == 1
    assert rows[0].split("|")[2].strip() == unit

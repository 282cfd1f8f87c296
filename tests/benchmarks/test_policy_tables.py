# SPDX-License-Identifier: LGPL-2.1-or-later
"""Means, intervals and what differs."""

from math import isnan, nan

import pytest

from benchmarks.policies import Cell, Result
from benchmarks.policy_tables import interval, markdown, rows
from planner.simulate import MEASURES


def results(**values: list[float]) -> list[Result]:
    """Return results of policies whose every measure has these values by seed."""
    return [
        Result(
            Cell("site", "day", policy.replace("_", "-"), seed, 1.0),
            {one.name: value for one in MEASURES},
        )
        for policy, listed in values.items()
        for seed, value in enumerate(listed, start=1)
    ]


def test_the_interval_is_students() -> None:
    """Of 1 to 5: 3 and 2.776 x 1.581 / 2.236."""
    found = interval([1, 2, 3, 4, 5])
    assert found.mean == 3
    assert found.half == pytest.approx(1.9632, abs=1e-4)


def test_one_value_has_no_interval_and_none_no_mean() -> None:
    """What is not known is not shown."""
    assert isnan(interval([4.0]).half)
    assert str(interval([4.0])) == "4.00"
    assert str(interval([nan])) == ""


def test_differences_are_paired_by_seed() -> None:
    """Seeds differ much and policies little, always in the same direction: that is told."""
    listed = rows(results(base=[10, 20, 30], other=[11, 21.5, 31]))
    told = {(r.measure, r.policy): r for r in listed}
    assert told["in time", "other"].verdict == "better"
    assert told["dropped", "other"].verdict == "worse"
    assert told["wanted", "other"].verdict == ""
    assert told["in time", "base"].verdict == ""
    assert told["in time", "other"].difference.mean == pytest.approx(7 / 6)


def test_what_may_be_chance_is_not_told() -> None:
    """Once better and once worse is nothing."""
    listed = rows(results(base=[10, 20, 30], other=[12, 18, 31]))
    assert not any(row.verdict for row in listed)


def test_the_table_has_no_measure_that_depends_on_the_machine() -> None:
    """So that it is the same everywhere."""
    text = markdown(results(base=[1, 2], other=[3, 4]), [one.name for one in MEASURES])
    assert "cycle time" not in text
    assert text.startswith("| day | base | other |\n|---|---|---|\n| wanted | 1.50")

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The digest: whatever a plan depends on changes it, and nothing else does."""

import dataclasses
from typing import Any

import pytest

from models import Policy
from planner.problem import Problem
from tests.instances import instance

PROBLEM = instance(1, requests=6, slots=4)


@pytest.mark.parametrize("column", Problem.columns())
def test_every_column_counts(column: str) -> None:
    """One more in any column is another problem."""
    array = getattr(PROBLEM, column)
    change: dict[str, Any] = {column: array + 1} if array.size else {column: array.reshape(-1, 7)}
    assert dataclasses.replace(PROBLEM, **change).digest != PROBLEM.digest


@pytest.mark.parametrize(
    "change",
    [
        {"policy": Policy(work_limit=1)},
        {"seed_time": "later"},
        {"labels": {**PROBLEM.labels, "runtime": ("other", *PROBLEM.labels["runtime"][1:])}},
    ],
)
def test_policy_time_and_names_count(change: dict[str, Any]) -> None:
    """Another policy, time or name is another problem."""
    assert dataclasses.replace(PROBLEM, **change).digest != PROBLEM.digest


def test_the_same_again_is_the_same() -> None:
    """Equal columns give equal digests, whatever objects hold them."""
    assert instance(1, requests=6, slots=4).digest == PROBLEM.digest


def test_names_are_told_apart_by_where_they_end() -> None:
    """("ab", "c") and ("a", "bc") are different names."""
    one = {**PROBLEM.labels, "job": ("ab", "c", *PROBLEM.labels["job"][2:])}
    two = {**PROBLEM.labels, "job": ("a", "bc", *PROBLEM.labels["job"][2:])}
    first, second = (dataclasses.replace(PROBLEM, labels=labels) for labels in (one, two))
    assert first.digest != second.digest

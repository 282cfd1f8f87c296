# SPDX-License-Identifier: LGPL-2.1-or-later
"""A few of the trials that `make test-faults` does by the hundred."""

from pathlib import Path

import pytest

from tests.faults.mishaps import KINDS
from tests.faults.trials import attempt

FEW = (
    "planner killed (kill -9)",
    "API: 500 after acceptance",
    "lab: reply lost, 500 after acceptance",
    "two planners at once",
    "clock jumps, both ways",
)


@pytest.mark.parametrize("kind", FEW)
def test_each_wanted_run_is_there_once(tmp_path: Path, kind: str) -> None:
    """Whatever is done to one planner, the next ones lose nothing and double nothing."""
    verdict, exits = attempt(tmp_path / "trial", kind, seed=1)
    assert verdict.holds, (verdict, exits)
    assert not verdict.waiting
    assert exits[-1] == 0


def test_every_kind_can_be_tried() -> None:
    """What is tried here is tried there."""
    assert set(FEW) <= set(KINDS)

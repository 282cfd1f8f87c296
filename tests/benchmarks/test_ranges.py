# SPDX-License-Identifier: LGPL-2.1-or-later
"""The accepted ranges, and a small set of simulations held against them."""

from pathlib import Path

import pytest

from benchmarks.policies import SHIPPED, Cell, Result, run_cell
from benchmarks.ranges import broken, read_ranges
from models import PlannerError

PATHS = (str(SHIPPED),)
FILE = SHIPPED.parent / "benchmarks" / "ranges.yaml"
CELLS = list(dict.fromkeys(one.cell(PATHS) for one in read_ranges(FILE)))


@pytest.mark.parametrize("cell", CELLS, ids=lambda c: f"{c.workload}-{c.policy}-{c.seed}")
def test_what_ships_is_within_its_ranges(cell: Cell) -> None:
    """A change that makes plans worse, or the simulator another one, is noticed here."""
    ranges = [one for one in read_ranges(FILE) if one.cell(PATHS) == cell]
    assert broken(PATHS, ranges, [run_cell(PATHS, cell)]) == []


def test_what_is_out_of_its_range_is_said(tmp_path: Path) -> None:
    """With the value and the range."""
    file = tmp_path / "ranges.yaml"
    file.write_text(
        "- {workload: day, policy: default, seed: 1, times: 1, measure: dropped,"
        " low: 0, high: 2, source: here}\n"
    )
    (one,) = read_ranges(file)
    found = Result(one.cell(PATHS), {"dropped": 3.0})
    assert broken(PATHS, [one], [found]) == [
        "dropped of default in day, seed 1: 3 is not within 0 to 2"
    ]


def test_an_unknown_measure_is_an_error(tmp_path: Path) -> None:
    """Or else the range would hold for ever."""
    file = tmp_path / "ranges.yaml"
    file.write_text(
        "- {workload: day, policy: default, seed: 1, times: 1, measure: beauty,"
        " low: 0, high: 2, source: here}\n"
    )
    with pytest.raises(PlannerError, match="beauty"):
        read_ranges(file)

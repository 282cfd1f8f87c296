# SPDX-License-Identifier: LGPL-2.1-or-later
"""Accepted ranges of measures, so that a change that makes plans worse is noticed."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from benchmarks.policies import Cell, Result, cells
from models import PlannerError
from models.base import Ours
from planner.config.located import plain
from planner.config.yaml_file import read_yaml
from planner.simulate.measures import MEASURES


class Range(Ours):
    """What a measure of one simulation may be, both ends included, and where that comes from."""

    workload: str
    policy: str
    seed: int
    times: float
    measure: str
    low: float
    high: float
    source: str

    def cell(self, paths: tuple[str, ...]) -> Cell:
        """Return the simulation that it is about."""
        (cell,) = cells(paths, [self.workload], [self.policy], [self.seed], self.times)
        return cell


def read_ranges(path: Path) -> list[Range]:
    """Return the ranges in a file.

    Raises:
        PlannerError: if it is none, or names a measure that there is not.
    """
    content, _ = read_yaml(path)
    try:
        ranges = TypeAdapter(list[Range]).validate_python(plain(content))
    except ValidationError as error:
        raise PlannerError(f"{path}: {error.errors()[0]['msg']}") from error
    known = {one.name for one in MEASURES}
    for one in ranges:
        if one.measure not in known:
            raise PlannerError(f"{path}: there is no measure {one.measure!r}")
    return ranges


def broken(paths: tuple[str, ...], ranges: Sequence[Range], results: Sequence[Result]) -> list[str]:
    """Return a sentence for each range that does not hold."""
    found = {result.cell: result.measured for result in results}
    sentences = []
    for one in ranges:
        value = found[one.cell(paths)][one.measure]
        if not one.low <= value <= one.high:
            about = f"{one.measure} of {one.policy} in {one.workload}, seed {one.seed}"
            sentences.append(f"{about}: {value:g} is not within {one.low:g} to {one.high:g}")
    return sentences

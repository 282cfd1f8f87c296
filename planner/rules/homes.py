# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the last plan had the runs of each class."""

from dataclasses import dataclass

import numpy as np

from planner.problem import Classes, Problem
from planner.problem.problem import Ints


@dataclass(frozen=True)
class Homes:
    """The `placed` columns on which the last plan had `runs` of their class, at least one each."""

    column: Ints
    runs: Ints

    def __len__(self) -> int:
        return len(self.column)

    @classmethod
    def among(cls, problem: Problem, classes: Classes, first: Ints) -> "Homes":
        """Return the homes of `classes`, the columns of which begin at `first`."""
        request = problem.run_request[problem.last_run]
        column = first[classes.of[request]] + problem.last_offset
        return cls(*np.unique(column, return_counts=True))

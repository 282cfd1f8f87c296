# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal to place what is worth most: high priorities, and what has waited long."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.placed import placed
from planner.rules.rows import Rows


class Value:
    """The worth of all placed runs, in hundredths of a point; more is better."""

    name = "value"
    maximise = True

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return nothing: placed runs are worth what they are."""
        return ()

    def costs(self, columns: Columns) -> Ints:
        """Return the worth of a run of each `placed` column."""
        costs = np.zeros(columns.size, dtype=np.int64)
        costs[: columns.complete_at] = columns.of_request(columns.problem.request_value)
        return costs

    def measure(self, problem: Problem, choice: Ints) -> int:
        """Return the worth of the placed runs."""
        return int((problem.request_value * placed(problem, choice).of_request).sum())

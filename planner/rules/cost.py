# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal to spend little."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.placed import placed
from planner.rules.rows import Rows


class Cost:
    """The milli-cost of all placed runs; less is better."""

    name = "cost"
    maximise = False

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return nothing: a run costs what its candidate costs."""
        return ()

    def costs(self, columns: Columns) -> Ints:
        """Return the milli-cost of each `placed` column."""
        costs = np.zeros(columns.size, dtype=np.int64)
        costs[: columns.complete_at] = columns.least(columns.problem.candidate_cost)
        return costs

    def measure(self, problem: Problem, choice: Ints) -> int:
        """Return the milli-cost of the placed runs."""
        return int(problem.candidate_cost[placed(problem, choice).candidate].sum())

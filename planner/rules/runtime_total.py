# SPDX-License-Identifier: LGPL-2.1-or-later
"""A runtime takes no more runs in all than it says."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.protocol import Violation, placed
from planner.rules.rows import Rows, at_most


class RuntimeTotal:
    """All slots of a runtime together take at most its total."""

    name = "runtime_total"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each runtime that declares a total."""
        problem = columns.problem
        row_of = np.full(len(problem.labels["runtime"]), -1, dtype=np.int64)
        row_of[problem.total_runtime] = np.arange(len(problem.total_runtime))
        row = row_of[problem.slot_runtime[columns.slot]]
        here = np.flatnonzero(row >= 0)
        runtime = problem.total_runtime
        return (at_most(self.name, "runtime", runtime, row[here], here, 1, problem.total_limit),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the runtimes that got more runs than their total."""
        _, candidate = placed(problem, choice)
        runtimes = problem.slot_runtime[problem.candidate_slot[candidate]]
        count = np.bincount(runtimes, minlength=len(problem.labels["runtime"]))
        return [
            Violation(
                self.name,
                f"{problem.labels['runtime'][runtime]} gets {count[runtime]} runs and takes {most}",
            )
            for runtime, most in zip(
                problem.total_runtime.tolist(), problem.total_limit.tolist(), strict=True
            )
            if count[runtime] > most
        ]

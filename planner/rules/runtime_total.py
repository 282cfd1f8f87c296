# SPDX-License-Identifier: LGPL-2.1-or-later
"""A runtime takes no more runs in all than it says."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.placed import placed
from planner.rules.protocol import Violation
from planner.rules.rows import Rows, at_most


def in_runtime(name: str, columns: Columns, runtime: Ints, limit: Ints) -> Rows:
    """Return one row for each of `runtime`: all runs in it are within its limit."""
    problem = columns.problem
    row_of = np.full(len(problem.labels["runtime"]), -1, dtype=np.int64)
    row_of[runtime] = np.arange(len(runtime))
    row = row_of[problem.slot_runtime[columns.slot]]
    here = np.flatnonzero(row >= 0)
    return at_most(name, "runtime", runtime, row[here], here, 1, limit)


def too_many(
    problem: Problem, choice: Ints, runtime: Ints, limit: Ints
) -> list[tuple[str, int, int]]:
    """Return (runtime, runs, limit) where `choice` sends more there than the limit."""
    names = problem.labels["runtime"]
    count = np.zeros(len(names), dtype=np.int64)
    np.add.at(count, problem.slot_runtime, placed(problem, choice).on_slot)
    return [
        (names[here], int(count[here]), most)
        for here, most in zip(runtime.tolist(), limit.tolist(), strict=True)
        if count[here] > most
    ]


class RuntimeTotal:
    """All slots of a runtime together take at most its total."""

    name = "runtime_total"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each runtime that declares a total."""
        problem = columns.problem
        return (in_runtime(self.name, columns, problem.total_runtime, problem.total_limit),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the runtimes that got more runs than their total."""
        return [
            Violation(self.name, f"{runtime} gets {count} runs and takes {most}")
            for runtime, count, most in too_many(
                problem, choice, problem.total_runtime, problem.total_limit
            )
        ]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal that what has not run for long runs again."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.coverage import DEVICE_TYPE
from planner.rules.placed import placed
from planner.rules.rows import Rows, at_most


class Staleness:
    """The days since a job last ran for a tree on a device type, where it runs now; more is better.

    However many runs of a plan cover such a pair, it counts once.
    """

    name = "staleness"
    maximise = True

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row a pair: it is covered only where a run is placed that covers it."""
        coverage = columns.coverage
        pairs = np.arange(len(coverage))
        return (
            at_most(
                self.name,
                "stale",
                coverage.row,
                np.concatenate((coverage.member_pair, pairs)),
                np.concatenate((coverage.member_column, columns.covered_at + pairs)),
                np.concatenate((-np.ones_like(coverage.member_pair), np.ones_like(pairs))),
                np.zeros_like(pairs),
            ),
        )

    def costs(self, columns: Columns) -> Ints:
        """Return the days of each pair."""
        costs = np.zeros(columns.size, dtype=np.int64)
        costs[columns.covered_at : columns.step_at] = columns.coverage.days
        return costs

    def measure(self, problem: Problem, choice: Ints) -> int:
        """Return the days of all pairs that a placed run covers, each pair once."""
        days = {
            (subject, device_type): days
            for subject, device_type, days in zip(
                problem.stale_subject.tolist(),
                problem.stale_device_type.tolist(),
                problem.stale_days.tolist(),
                strict=True,
            )
        }
        if not days:
            return 0
        here = placed(problem, choice)
        device_type = problem.candidate_attribute[DEVICE_TYPE][here.candidate]
        ran = np.unique(np.column_stack((problem.subject[here.request], device_type)), axis=0)
        return sum(days.get((subject, kind), 0) for subject, kind in ran.tolist())

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs occupy no larger share of a lab than its owner allows."""

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.protocol import Violation
from planner.rules.rows import Rows
from planner.rules.runtime_total import in_runtime, too_many


class LabShare:
    """A lab gets no more runs than its contract's share of its devices leaves."""

    name = "lab_share"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each runtime whose contract names a largest share."""
        problem = columns.problem
        return (in_runtime(self.name, columns, problem.share_runtime, problem.share_limit),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the runtimes that got more runs than their share leaves."""
        return [
            Violation(self.name, f"{lab} gets {count} runs and its contract leaves {most}")
            for lab, count, most in too_many(
                problem, choice, problem.share_runtime, problem.share_limit
            )
        ]

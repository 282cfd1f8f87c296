# SPDX-License-Identifier: LGPL-2.1-or-later
"""No run is sent where it would start after its deadline."""

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.protocol import Violation
from planner.rules.rows import Rows
from planner.rules.slot_ceiling import beyond, nested, slot_name


class Deadline:
    """A slot gets no more urgent runs than it can start in their time, earliest deadline first."""

    name = "deadline"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each slot and slack that could be missed there."""
        problem = columns.problem
        return (
            nested(
                self.name,
                columns,
                problem.deadline_slot,
                problem.deadline_slack,
                problem.deadline_limit,
                problem.request_slack,
            ),
        )

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the slots where runs would start after their deadline."""
        broken = beyond(
            problem,
            choice,
            problem.deadline_slot,
            problem.deadline_slack,
            problem.deadline_limit,
            problem.request_slack,
        )
        return [
            Violation(
                self.name,
                f"{slot_name(problem, int(problem.deadline_slot[row]))} gets {count} runs that"
                f" must start within {problem.deadline_slack[row]} s and can start"
                f" {problem.deadline_limit[row]}",
            )
            for row, count in broken
        ]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Part of each slot is kept free for jobs that humans submit, and for bisections."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.protocol import Violation
from planner.rules.rows import Rows
from planner.rules.slot_ceiling import beyond, nested, slot_name


class KeptFree:
    """A slot takes no more runs of others than its ceiling without what is reserved."""

    name = "reserve"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each slot and priority at which its ceiling rises."""
        problem = columns.problem
        slot, level, limit = problem.reserve_slot, problem.reserve_priority, problem.reserve_limit
        return (nested(self.name, columns, slot, level, limit, _levels(problem)),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the slots that got more runs of others than are for them."""
        slot, level, limit = problem.reserve_slot, problem.reserve_priority, problem.reserve_limit
        if not len(slot):
            return []
        return [
            Violation(
                self.name,
                f"{slot_name(problem, int(slot[row]))} gets {count} runs of priority {level[row]}"
                f" or less that nothing is reserved for, and has {limit[row]} places for them",
            )
            for row, count in beyond(problem, choice, slot, level, limit, _levels(problem))
        ]


def _levels(problem: Problem) -> Ints:
    """Return priorities, with those for whom room is reserved above all that rows count."""
    above = 1 + int(problem.reserve_priority.max(initial=0))
    return np.asarray(np.where(problem.ordinary, problem.request_priority, above))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""No run is sent to a lab where it would start after the hours in which the lab may be used."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.protocol import Violation, placed
from planner.rules.rows import Rows
from planner.rules.slot_ceiling import nested, slot_name


class LabHours:
    """A slot gets no more runs than it can start before its lab closes."""

    name = "lab_hours"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each slot that could get more than it can start in time."""
        problem = columns.problem
        level = np.zeros_like(problem.hours_slot)
        everybody = np.zeros_like(problem.request_number)
        slot, limit = problem.hours_slot, problem.hours_limit
        return (nested(self.name, columns, slot, level, limit, everybody),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the slots that got more runs than they can start before their lab closes."""
        _, candidate = placed(problem, choice)
        count = np.bincount(problem.candidate_slot[candidate], minlength=problem.slots)
        return [
            Violation(
                self.name,
                f"{slot_name(problem, slot)} gets {count[slot]} runs and can start {most}"
                " before the lab closes",
            )
            for slot, most in zip(
                problem.hours_slot.tolist(), problem.hours_limit.tolist(), strict=True
            )
            if count[slot] > most
        ]

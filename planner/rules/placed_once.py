# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each run is placed at most once, and only on a candidate of its own request."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.protocol import Violation
from planner.rules.rows import Rows, at_most


class PlacedOnce:
    """A class places at most the runs that its requests have."""

    name = "placed_once"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row a class: the runs placed on any candidate are at most all its runs."""
        classes = np.arange(len(columns.classes))
        runs = columns.classes.size * columns.number
        everywhere = np.arange(len(columns.candidate))
        return (at_most(self.name, "class", classes, columns.of_class, everywhere, 1, runs),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the runs that stand where their request has no candidate."""
        if len(choice) != problem.runs:
            text = f"the plan speaks of {len(choice)} runs and the problem has {problem.runs}"
            return [Violation(self.name, text)]
        wrong = (choice < -1) | (choice >= len(problem.candidate_menu))
        inside = np.where(wrong | (choice < 0), 0, choice)
        if len(problem.candidate_menu):
            stranger = problem.candidate_menu[inside] != problem.request_menu[problem.run_request]
            wrong |= (choice >= 0) & stranger
        return [
            Violation(self.name, f"{problem.run_id(int(run))} is placed on no candidate of its own")
            for run in np.flatnonzero(wrong)
        ]

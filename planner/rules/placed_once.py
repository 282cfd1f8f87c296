# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each run is placed at most once, and only on a candidate of its own request."""

import numpy as np

from planner.problem.narrow import narrow
from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.placed import placed
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
        lost = np.zeros(0, dtype=np.int64)
        if choice.min(initial=-1) < -1 or choice.max(initial=-1) >= len(problem.candidate_menu):
            outside = (choice < -1) | (choice >= len(problem.candidate_menu))
            lost, choice = np.flatnonzero(outside), np.where(outside, -1, choice)
        here = placed(problem, choice)
        wanted, given = narrow(problem.request_menu), narrow(problem.candidate_menu)
        stranger = given[here.candidate] != wanted[here.request]
        if stranger.any():
            lost = np.sort(np.append(lost, np.flatnonzero(choice >= 0)[stranger]))
        return [
            Violation(self.name, f"{problem.run_id(run)} is placed on no candidate of its own")
            for run in lost.tolist()
        ]

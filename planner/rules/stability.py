# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal that what was planned stays as it was, where nothing else is better for it."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.rows import Rows, at_most


class Stability:
    """The runs that are where the last plan had them; more is better."""

    name = "stability"
    maximise = True

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row a home: no more runs stay there than are placed there."""
        homes = columns.homes
        each = np.arange(len(homes))
        return (
            at_most(
                self.name,
                "class",
                columns.of_class[homes.column],
                np.concatenate((each, each)),
                np.concatenate((columns.keep_at + each, homes.column)),
                np.concatenate((np.ones_like(each), -np.ones_like(each))),
                np.zeros_like(each),
            ),
        )

    def costs(self, columns: Columns) -> Ints:
        """Return 1 for each run that stays."""
        costs = np.zeros(columns.size, dtype=np.int64)
        costs[columns.keep_at :] = 1
        return costs

    def measure(self, problem: Problem, choice: Ints) -> int:
        """Return how many runs have the candidate that they had."""
        return int((choice[problem.last_run] == problem.last_candidate).sum())

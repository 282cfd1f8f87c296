# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal to repeat no value of a variant while another is to be had."""

import numpy as np

from planner.problem import ATTRIBUTES, PERMISSIVE
from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.placed import placed
from planner.rules.protocol import repeated
from planner.rules.rows import Rows, at_most


class Diversity:
    """The repeated values of permissive requests, over all their attributes; fewer is better."""

    name = "diversity"
    maximise = False

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row a value: what goes beyond one run for each request is a repeat."""
        values = columns.repeats
        groups = np.arange(len(values))
        return (
            at_most(
                self.name,
                "class",
                values.of_class,
                np.concatenate((values.member_group, groups)),
                np.concatenate((values.member_column, columns.repeat_at + groups)),
                np.concatenate(
                    (
                        np.ones(len(values.member_group), dtype=np.int64),
                        -np.ones(len(groups), dtype=np.int64),
                    )
                ),
                np.where(values.used == 1, 0, columns.classes.size[values.of_class]),
            ),
        )

    def costs(self, columns: Columns) -> Ints:
        """Return 1 for each repeat."""
        costs = np.zeros(columns.size, dtype=np.int64)
        costs[columns.repeat_at : columns.covered_at] = 1
        return costs

    def measure(self, problem: Problem, choice: Ints) -> int:
        """Return how many runs took a value that their request had already, by attribute."""
        here = placed(problem, choice)
        total = 0
        wanted = np.where(problem.request_mode == PERMISSIVE, problem.request_variant, 0)
        anywhere = int(np.bitwise_or.reduce(wanted))
        for attribute in range(len(ATTRIBUTES)):
            if not anywhere & 1 << attribute:
                continue
            asked = wanted & 1 << attribute > 0
            now = np.flatnonzero(asked[here.request])
            earlier = (problem.used_attribute == attribute) & asked[problem.used_request]
            value, had = problem.candidate_attribute[attribute], problem.used_value[earlier]
            width = 1 + max(int(value.max(initial=0)), int(had.max(initial=0)))
            took = here.request[now] * width + value[here.candidate[now]]
            known = problem.used_request[earlier] * width + had
            total += len(repeated(np.concatenate((took, known))))
        return total

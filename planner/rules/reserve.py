# SPDX-License-Identifier: LGPL-2.1-or-later
"""Part of each slot is kept free for jobs that humans submit, and for bisections."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.nested import Limits, NestedLimits


class KeptFree(NestedLimits):
    """A slot takes no more runs of others than its ceiling without what is reserved."""

    name = "reserve"

    def limits(self, problem: Problem) -> Limits:
        """Return one limit for each slot and priority at which its ceiling rises."""
        return Limits(problem.reserve_slot, problem.reserve_priority, problem.reserve_limit)

    def levels(self, problem: Problem) -> Ints:
        """Return the priority of each request.

        Those for whom room is reserved stand above all levels that are limited.
        """
        above = 1 + int(problem.reserve_priority.max(initial=0))
        return np.asarray(np.where(problem.ordinary, problem.request_priority, above))

    def said(self, level: int, limit: int) -> str:
        """Return how many places are not reserved."""
        return (
            f"of priority {level} or less that nothing is reserved for,"
            f" and has {limit} places for them"
        )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A slot takes no more runs than its ceiling, which may grow with priority."""

from planner.problem.problem import Ints, Problem
from planner.rules.nested import Limits, NestedLimits


class SlotCeiling(NestedLimits):
    """For each priority, a slot takes no more runs of at most that priority than it admits."""

    name = "slot_ceiling"

    def limits(self, problem: Problem) -> Limits:
        """Return one limit for each slot and priority at which its ceiling rises."""
        return Limits(problem.ceiling_slot, problem.ceiling_priority, problem.ceiling_limit)

    def levels(self, problem: Problem) -> Ints:
        """Return the priority of each request."""
        return problem.request_priority

    def said(self, level: int, limit: int) -> str:
        """Return what a ceiling admits."""
        return f"of priority {level} or less and admits {limit}"

# SPDX-License-Identifier: LGPL-2.1-or-later
"""No run is sent where it would start after its deadline."""

from planner.problem.problem import Ints, Problem
from planner.rules.nested import Limits, NestedLimits


class Deadline(NestedLimits):
    """A slot gets no more urgent runs than it can start in their time, earliest deadline first."""

    name = "deadline"

    def limits(self, problem: Problem) -> Limits:
        """Return one limit for each slot and slack that could be missed there."""
        return Limits(problem.deadline_slot, problem.deadline_slack, problem.deadline_limit)

    def levels(self, problem: Problem) -> Ints:
        """Return how long the start of each request can wait."""
        return problem.request_slack

    def said(self, level: int, limit: int) -> str:
        """Return how many can start in time."""
        return f"that must start within {level} s and can start {limit}"

# SPDX-License-Identifier: LGPL-2.1-or-later
"""No run is sent to a lab where it would start after the hours in which the lab may be used."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.nested import Limits, NestedLimits


class LabHours(NestedLimits):
    """A slot gets no more runs than it can start before its lab closes."""

    name = "lab_hours"

    def limits(self, problem: Problem) -> Limits:
        """Return one limit, for all runs alike, for each slot that could get too many."""
        return Limits(problem.hours_slot, np.zeros_like(problem.hours_slot), problem.hours_limit)

    def levels(self, problem: Problem) -> Ints:
        """Return one level for all requests."""
        return np.zeros_like(problem.request_number)

    def said(self, level: int, limit: int) -> str:
        """Return how many can start in the lab's hours."""
        return f"and can start {limit} before the lab closes"

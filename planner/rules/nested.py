# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the rules share that limit the runs of a slot, more narrowly for some runs than for others.

Each limit of a slot counts the requests whose level is at most its own, so the limits of one slot
nest in each other, and the rows stay those of a network.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from planner.problem.narrow import narrow
from planner.problem.problem import Ints, Problem, stretches
from planner.rules.columns import Columns
from planner.rules.placed import placed
from planner.rules.protocol import Violation
from planner.rules.rows import Rows, at_most


class Limits(NamedTuple):
    """On `slot`, at most `limit` runs of requests whose level is at most `level`."""

    slot: Ints
    level: Ints
    limit: Ints


class NestedLimits(ABC):
    """A rule that is made of such limits; subclasses name it, and say where its limits stand."""

    name: str

    @abstractmethod
    def limits(self, problem: Problem) -> Limits:
        """Return the rule's limits."""

    @abstractmethod
    def levels(self, problem: Problem) -> Ints:
        """Return the level of each request."""

    @abstractmethod
    def said(self, level: int, limit: int) -> str:
        """Return what is wrong with more than `limit` runs of at most `level`, after the number."""

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each limit."""
        slot, level, limit = self.limits(columns.problem)
        if not len(slot):
            return ()
        order = columns.by_slot
        sorted_slot = columns.slot[order]
        first = np.searchsorted(sorted_slot, slot, side="left")
        last = np.searchsorted(sorted_slot, slot, side="right")
        counts = last - first
        row = np.repeat(np.arange(len(slot)), counts)
        column = order[stretches(first, counts)]
        within = columns.of_request(self.levels(columns.problem))[column] <= level[row]
        return (at_most(self.name, "slot", slot, row[within], column[within], 1, limit),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the limits that the placed runs exceed, counted run by run."""
        slot, level, limit = self.limits(problem)
        if not len(slot):
            return []
        here, levels = placed(problem, choice), np.unique(level)
        # The first level that a request counts for; the last column is for those without one.
        width, first = len(levels) + 1, _first_of(levels, self.levels(problem))
        at = here.slot * width
        at += narrow(first)[here.request]
        runs = np.bincount(at, minlength=problem.slots * width).reshape(problem.slots, width)
        count = runs.cumsum(axis=1)[slot, np.searchsorted(levels, level)]
        return [
            Violation(
                self.name,
                f"{slot_name(problem, int(slot[row]))} gets {count[row]} runs"
                f" {self.said(int(level[row]), int(limit[row]))}",
            )
            for row in np.flatnonzero(count > limit).tolist()
        ]


def _first_of(levels: Ints, wanted: Ints) -> Ints:
    """Return the position of the first of the sorted `levels` that is not below each wanted one."""
    most = int(wanted.max(initial=0))
    if most >= len(wanted):
        return np.searchsorted(levels, wanted)
    # Looked up for each number there may be, which are fewer.
    return np.searchsorted(levels, np.arange(most + 1))[wanted]


def slot_name(problem: Problem, slot: int) -> str:
    """Return "runtime/device type" of a slot."""
    runtime = problem.labels["runtime"][problem.slot_runtime[slot]]
    return f"{runtime}/{problem.labels['device_type'][problem.slot_device_type[slot]]}"

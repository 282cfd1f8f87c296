# SPDX-License-Identifier: LGPL-2.1-or-later
"""A slot takes no more runs than its ceiling, which may grow with priority."""

import numpy as np

from planner.problem.problem import Ints, Problem, stretches
from planner.rules.columns import Columns
from planner.rules.protocol import Violation, placed
from planner.rules.rows import Rows, at_most


def nested(
    name: str,
    columns: Columns,
    slot: Ints,
    level: Ints,
    limit: Ints,
    request_level: Ints,
) -> Rows:
    """Return rows: on `slot`, the runs whose request level is at most `level` are within `limit`.

    Levels of one slot nest in each other, so the rows stay those of a network.
    """
    order = np.argsort(columns.slot, kind="stable")
    first = np.searchsorted(columns.slot[order], slot, side="left")
    last = np.searchsorted(columns.slot[order], slot, side="right")
    counts = last - first
    row = np.repeat(np.arange(len(slot)), counts)
    column = order[stretches(first, counts)]
    within = columns.of_request(request_level)[column] <= level[row]
    return at_most(name, "slot", slot, row[within], column[within], 1, limit)


def beyond(
    problem: Problem, choice: Ints, slot: Ints, level: Ints, limit: Ints, request_level: Ints
) -> list[tuple[int, int]]:
    """Return (row, runs) for each limit that the placed runs exceed, counted run by run."""
    request, candidate = placed(problem, choice)
    levels = np.unique(level)
    # The first level that a request counts for; the last column is for those that count for none.
    width, first = len(levels) + 1, np.searchsorted(levels, request_level)
    at = problem.candidate_slot[candidate] * width + first[request]
    runs = np.bincount(at, minlength=problem.slots * width).reshape(problem.slots, width)
    count = runs.cumsum(axis=1)[slot, np.searchsorted(levels, level)]
    rows = np.flatnonzero(count > limit)
    return list(zip(rows.tolist(), count[rows].tolist(), strict=True))


def slot_name(problem: Problem, slot: int) -> str:
    """Return "runtime/device type" of a slot."""
    runtime = problem.labels["runtime"][problem.slot_runtime[slot]]
    return f"{runtime}/{problem.labels['device_type'][problem.slot_device_type[slot]]}"


class SlotCeiling:
    """For each priority, a slot takes no more runs of at most that priority than it admits."""

    name = "slot_ceiling"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each slot and priority at which its ceiling rises."""
        problem = columns.problem
        return (
            nested(
                self.name,
                columns,
                problem.ceiling_slot,
                problem.ceiling_priority,
                problem.ceiling_limit,
                problem.request_priority,
            ),
        )

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the slots that got more runs of some priority than they admit."""
        broken = beyond(
            problem,
            choice,
            problem.ceiling_slot,
            problem.ceiling_priority,
            problem.ceiling_limit,
            problem.request_priority,
        )
        return [
            Violation(
                self.name,
                f"{slot_name(problem, int(problem.ceiling_slot[row]))} gets {count} runs of"
                f" priority {problem.ceiling_priority[row]} or less and admits"
                f" {problem.ceiling_limit[row]}",
            )
            for row, count in broken
        ]

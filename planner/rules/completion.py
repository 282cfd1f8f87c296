# SPDX-License-Identifier: LGPL-2.1-or-later
"""The goal to have results soon, which also balances the load over labs."""

import numpy as np

from planner.problem.problem import Ints, Problem, nth_of_equal
from planner.rules.columns import Columns
from planner.rules.placed import placed
from planner.rules.rows import NO_LIMIT, Rows


class Completion:
    """The seconds until each placed run ends, waiting and running, summed; less is better.

    Waits grow with what a slot already got, so that the sum is least where the load is even.
    """

    name = "completion"
    maximise = False

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row a slot: the runs on it fill its waiting steps."""
        problem = columns.problem
        runs = np.arange(len(columns.slot))
        steps = columns.step_at + np.arange(len(problem.step_slot))
        slots = np.arange(problem.slots)
        zeros = np.zeros(problem.slots, dtype=np.int64)
        return (
            Rows(
                self.name,
                "slot",
                slots,
                np.concatenate((columns.slot, problem.step_slot)),
                np.concatenate((runs, steps)),
                np.concatenate(
                    (
                        np.ones(len(runs), dtype=np.int64),
                        -np.ones(len(steps), dtype=np.int64),
                    )
                ),
                np.full(problem.slots, -NO_LIMIT),
                zeros,
            ),
        )

    def costs(self, columns: Columns) -> Ints:
        """Return the duration of each `placed` column and the wait of each step."""
        costs = np.zeros(columns.size, dtype=np.int64)
        costs[: columns.complete_at] = columns.least(columns.problem.candidate_duration)
        costs[columns.step_at : columns.keep_at] = columns.problem.step_wait
        return costs

    def measure(self, problem: Problem, choice: Ints) -> int:
        """Return the expected seconds of all placed runs, their waits included."""
        here = placed(problem, choice)
        duration = int(problem.candidate_duration[here.candidate].sum())
        before = _before(problem)
        in_step = np.clip(here.on_slot[problem.step_slot] - before, 0, problem.step_width)
        return duration + int((in_step * problem.step_wait).sum())


def waits(problem: Problem, choice: Ints) -> Ints:
    """Return the expected wait of the n-th run on each slot, slot by slot, for the placed runs.

    The result goes along with the placed runs sorted by slot: its order within a slot is that in
    which runs would be served.
    """
    slot = np.sort(placed(problem, choice).slot)
    return wait_behind(problem, slot, nth_of_equal(slot))


def wait_behind(problem: Problem, slot: Ints, ahead: Ints) -> Ints:
    """Return the expected wait of a run on each slot, with so many runs of the plan ahead of it."""
    first = np.searchsorted(problem.step_slot, slot)
    key = problem.step_slot * (np.int64(1) << 40) + _before(problem)
    step = np.searchsorted(key, slot * (np.int64(1) << 40) + ahead, side="right") - 1
    return problem.step_wait[np.maximum(step, first)]


def _before(problem: Problem) -> Ints:
    """Return for each step how many runs are in the steps before it on the same slot."""
    before = np.cumsum(problem.step_width) - problem.step_width
    return np.asarray(before - before[np.searchsorted(problem.step_slot, problem.step_slot)])

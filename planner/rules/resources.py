# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runs in one place take no more CPU and memory, and are no more, than it has left."""

import numpy as np

from planner.problem.problem import CPU, MEMORY, RUNS, Ints, Problem
from planner.rules.columns import Columns
from planner.rules.placed import placed
from planner.rules.protocol import Violation
from planner.rules.rows import Rows, at_most

_TEXTS = {RUNS: "{} runs", CPU: "{} thousandths of a CPU", MEMORY: "{} MiB of memory"}


class Resources:
    """What the runs in a Kubernetes context take of each resource is within what is left of it."""

    name = "resources"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each place and resource.

        A row counts in the largest unit of which all that runs take is a multiple: what is left
        beyond the last whole unit serves nobody.
        """
        problem = columns.problem
        if not len(problem.resource_limit):
            return ()
        pool = problem.slot_pool[columns.slot]
        row, column, taken = [], [], []
        upper = problem.resource_limit.copy()
        for number, (there, kind) in enumerate(
            zip(problem.resource_pool.tolist(), problem.resource_kind.tolist(), strict=True)
        ):
            uses = problem.uses[kind][columns.candidate]
            here = np.flatnonzero((pool == there) & (uses > 0))
            unit = max(1, int(np.gcd.reduce(uses[here], initial=0)))
            row.append(np.full(len(here), number, dtype=np.int64))
            column.append(here)
            taken.append(uses[here] // unit)
            upper[number] //= unit
        about = np.arange(len(upper))
        entries = (np.concatenate(row), np.concatenate(column), np.concatenate(taken))
        return (at_most(self.name, "resource", about, *entries, upper),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the resources of which the placed runs take more than there is."""
        if not len(problem.resource_limit):
            return []
        here = placed(problem, choice)
        pool = problem.slot_pool[here.slot]
        found = []
        for there, kind, limit in zip(
            problem.resource_pool.tolist(),
            problem.resource_kind.tolist(),
            problem.resource_limit.tolist(),
            strict=True,
        ):
            taken = int(problem.uses[kind][here.candidate][pool == there].sum())
            if taken > limit:
                much = _TEXTS[kind].format(taken)
                text = f"{pool_name(problem, there)} gives {much} and has {limit} left"
                found.append(Violation(self.name, text))
        return found


def pool_name(problem: Problem, pool: int) -> str:
    """Return "runtime/context" of a pool, or the runtime where it is all of that."""
    runtime = problem.labels["runtime"][problem.pool_runtime[pool]]
    context = problem.labels["pool"][pool]
    return f"{runtime}/{context}" if context else runtime

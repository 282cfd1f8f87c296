# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab gets no more runs of a tree or of a job in one cycle than its owner allows."""

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.placed import placed
from planner.rules.protocol import Violation
from planner.rules.rows import Rows, at_most


class LabQuota:
    """The runs that count against a quota of a lab's contract are within it."""

    name = "lab_quota"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return one row for each quota."""
        problem = columns.problem
        group, runtime = columns.of_request(problem.group), problem.slot_runtime[columns.slot]
        row, column = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for quota, there in enumerate(problem.quota_runtime.tolist()):
            counted = problem.counted_group[problem.counted_quota == quota]
            here = np.flatnonzero((runtime == there) & np.isin(group, counted))
            row.append(np.full(len(here), quota, dtype=np.int64))
            column.append(here)
        quotas = np.arange(len(problem.quota_limit))
        limit = problem.quota_limit
        rows = (np.concatenate(row), np.concatenate(column))
        return (at_most(self.name, "quota", quotas, *rows, 1, limit),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the quotas that are exceeded."""
        if not len(problem.quota_runtime):
            return []
        here = placed(problem, choice)
        runtime = problem.slot_runtime[here.slot]
        groups = 1 + max(
            int(problem.group.max(initial=0)), int(problem.counted_group.max(initial=0))
        )
        runtimes = len(problem.labels["runtime"])
        sent = np.bincount(
            runtime * groups + problem.group[here.request], minlength=runtimes * groups
        )
        sent = sent.reshape(runtimes, groups)
        found = []
        for quota, (there, most) in enumerate(
            zip(problem.quota_runtime.tolist(), problem.quota_limit.tolist(), strict=True)
        ):
            counted = np.unique(problem.counted_group[problem.counted_quota == quota])
            count = int(sent[there, counted].sum())
            if count > most:
                lab, who = problem.labels["runtime"][there], problem.labels["quota"][quota]
                text = f"{lab} gets {count} runs of {who} and its contract admits {most}"
                found.append(Violation(self.name, text))
        return found

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is stale, and which columns would have it run again."""

from dataclasses import dataclass

import numpy as np

from models import VariantAttribute
from planner.problem import ATTRIBUTES, Problem
from planner.problem.problem import Ints

DEVICE_TYPE = ATTRIBUTES.index(VariantAttribute.DEVICE_TYPE)


@dataclass(frozen=True)
class Coverage:
    """Pairs of a subject (a job for a tree) and a device type on which it has not run for `days`.

    `row` is the pair's row of the problem. Only pairs that some `placed` column covers are here;
    `member_pair` and `member_column` pair each with its columns.
    """

    row: Ints
    days: Ints
    member_pair: Ints
    member_column: Ints

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def among(cls, problem: Problem, subject: Ints, candidate: Ints) -> "Coverage":
        """Return the pairs that columns of (subject, candidate) cover."""
        here, at = covered(problem, subject, candidate)
        row, pair = np.unique(at, return_inverse=True)
        return cls(row, problem.stale_days[row], pair.reshape(-1), here)


def covered(problem: Problem, subject: Ints, candidate: Ints) -> tuple[Ints, Ints]:
    """Return which of (subject, candidate) cover something stale, and the row of that."""
    if not len(problem.stale_days):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing
    width = len(problem.labels["device_type"])
    key = problem.stale_subject * width + problem.stale_device_type
    order = np.argsort(key)
    wanted = subject * width + problem.candidate_attribute[DEVICE_TYPE][candidate]
    at = order[np.minimum(np.searchsorted(key[order], wanted), len(order) - 1)]
    here = np.flatnonzero(key[at] == wanted)
    return here, at[here]

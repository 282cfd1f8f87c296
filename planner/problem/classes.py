# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests that look alike to the solver become one class."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.problem.problem import ATTRIBUTES, FREE, Ints, Problem


@dataclass(frozen=True)
class Classes:
    """Which requests are alike: `members` of class c stand for its `representative` request.

    `of` is the class of each request (N), `representative` its first request (K), `size` how
    many requests it has (K). `order` lists the requests sorted by class, and within a class in
    the order of the batch; `start` (K + 1) says where each class begins in it.
    """

    of: Ints
    representative: Ints
    size: Ints

    def __len__(self) -> int:
        return len(self.size)

    @cached_property
    def order(self) -> Ints:
        """Return the requests sorted by class."""
        return np.argsort(self.of, kind="stable")

    @cached_property
    def start(self) -> Ints:
        """Return where each class begins in `order`."""
        return np.concatenate(([0], np.cumsum(self.size)))


def merge(problem: Problem) -> Classes:
    """Return the classes of `problem`: same runs, worth, mode, variants and candidates.

    Requests whose runs differ in several attributes at once, or that already sent some of their
    runs, stay alone: the argument that turns a class back into runs does not hold for them.
    Equality is exact: a hash only proposes what is then compared column by column.
    """
    n = problem.requests
    counts = np.diff(problem.candidate_start)
    columns = [
        problem.request_number,
        problem.request_value,
        problem.request_priority,
        problem.request_slack,
        problem.request_mode,
        problem.request_variant,
        counts,
        np.where(_alone(problem), np.arange(1, n + 1), 0),
    ]
    key = np.column_stack((*columns, _candidate_hash(problem)))
    _, first, of = np.unique(key, axis=0, return_index=True, return_inverse=True)
    of = of.reshape(-1)
    if not _same_candidates(problem, first[of]):
        first, of = np.arange(n), np.arange(n)
    # Number the classes by their first request, so that the order of the batch is kept.
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    of = rank[of]
    first = np.sort(first)
    return Classes(of, first, np.bincount(of, minlength=len(first)).astype(np.int64))


def _alone(problem: Problem) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    bits = sum((problem.request_variant >> bit) & 1 for bit in range(len(ATTRIBUTES)))
    alone = (problem.request_mode != FREE) & (np.asarray(bits) > 1)
    alone[problem.used_request] = True
    return np.asarray(alone)


def _candidate_table(problem: Problem) -> Ints:
    return np.column_stack(
        (
            problem.candidate_slot,
            problem.candidate_platform,
            problem.candidate_duration,
            problem.candidate_cost,
            *problem.candidate_attribute,
        )
    )


def _candidate_hash(problem: Problem) -> Ints:
    """Return a hash of the ordered candidate list of each request."""
    start = problem.candidate_start
    rank = np.arange(len(problem.candidate_request)) - start[problem.candidate_request]
    mixed = (rank + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for column in _candidate_table(problem).T:
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    total = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)))
    return np.asarray((total[start[1:]] - total[start[:-1]]).view(np.int64))


def _same_candidates(problem: Problem, representative: Ints) -> bool:
    """Tell whether each request has exactly the candidates of its representative."""
    start, request = problem.candidate_start, problem.candidate_request
    twin = np.arange(len(request)) - start[request] + start[representative[request]]
    if len(twin) and int(twin.max()) >= len(request):
        return False
    table = _candidate_table(problem)
    return bool(np.array_equal(table, table[twin]))

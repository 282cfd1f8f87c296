# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run that an operator pinned goes there, or waits."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.protocol import Violation
from planner.rules.rows import Rows, at_most

Candidates = frozenset[int]


class Pinned:
    """No run is on a candidate that is barred to it."""

    name = "pinned"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return rows that leave each request runs enough that may go where its units are.

        What some of its runs may not take is left to the others, for each set of such runs: by
        the marriage theorem there is a run for each unit then. Such requests stay alone, so that
        a class is one request.
        """
        problem = columns.problem
        if not problem.barred:
            return ()
        about: list[int] = []
        upper: list[int] = []
        entries: list[tuple[int, int]] = []
        for request, runs in _by_request(problem):
            of_class = int(columns.classes.of[request])
            first = int(np.searchsorted(columns.of_class, of_class))
            start, number = problem.candidates(request).start, int(problem.request_number[request])
            for candidates, count in _shut(runs).items():
                entries += [(len(about), first + c - start) for c in sorted(candidates)]
                about.append(of_class)
                upper.append(number - count)
        row, column = np.array(entries, dtype=np.int64).reshape(-1, 2).T
        limits = np.array(about, dtype=np.int64), np.array(upper, dtype=np.int64)
        return (at_most(self.name, "class", limits[0], row, column, 1, limits[1]),)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the pinned runs that are placed elsewhere."""
        found = []
        for run, candidates in problem.barred.items():
            if int(choice[run]) in candidates:
                text = f"{problem.run_id(run)} is pinned elsewhere than where it is placed"
                found.append(Violation(self.name, text))
        return found


def _by_request(problem: Problem) -> Iterator[tuple[int, list[Candidates]]]:
    """Yield each request that has pinned runs, with what is barred to each of these."""
    found: dict[int, list[Candidates]] = {}
    for run, candidates in problem.barred.items():
        found.setdefault(int(problem.run_request[run]), []).append(candidates)
    yield from found.items()


def _shut(runs: list[Candidates]) -> dict[Candidates, int]:
    """Return sets of candidates, and to how many runs at most each set is barred as a whole."""
    shut: dict[Candidates, int] = {}
    for candidates, count in Counter(runs).items():
        for known, before in [(candidates, 0), *shut.items()]:
            both = known & candidates
            if both:
                shut[both] = max(shut.get(both, 0), before + count)
    return shut

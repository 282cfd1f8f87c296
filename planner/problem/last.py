# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the last plan had the runs of a problem."""

from collections.abc import Mapping
from dataclasses import replace

from models import Assignment, Place
from planner.problem.problem import Problem
from planner.problem.tables import ints


def knowing(problem: Problem, last: Mapping[str, Place]) -> Problem:
    """Return `problem` with the place that each run (by its key) had, if it may go there now.

    Where an operator pinned some runs of a request, he decides about it and not the last plan.
    """
    pinned = {int(problem.run_request[run]) for run in problem.barred}
    rows: dict[int, int] = {}
    for key, place in last.items():
        try:
            run = problem.run_position(key)
        except KeyError:
            continue
        request = int(problem.run_request[run])
        candidate = candidate_at(problem, request, place)
        if candidate is not None and request not in pinned:
            rows[run] = candidate
    if not rows:
        return problem
    runs = sorted(rows)
    return replace(problem, last_run=ints(runs), last_candidate=ints(rows[run] for run in runs))


def candidate_at(problem: Problem, request: int, place: Place | Assignment) -> int | None:
    """Return the candidate of `request` that is that place, None where it is none."""
    wanted = (place.runtime, place.platform, place.device_type)
    for candidate in problem.candidates(request):
        context = problem.context(problem.candidate_slot[candidate])
        if problem.place(candidate) == wanted and context == place.context:
            return candidate
    return None

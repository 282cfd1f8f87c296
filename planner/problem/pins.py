# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs that operators pinned to a place, as pairs of a run and where it may not go."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from models import RequestPin
from planner.problem.problem import Problem
from planner.problem.tables import table

Pair = tuple[int, int]


def pinned(problem: Problem, pins: Iterable[RequestPin]) -> Problem:
    """Return `problem` with the pins of single runs; those of whole requests are no matter here."""
    pairs = {pair for pin in pins for pair in barred_by(problem, pin)}
    return barring(problem, pairs) if pairs else problem


def barring(problem: Problem, pairs: Iterable[Pair]) -> Problem:
    """Return `problem` where each run of these pairs may not go to the candidate beside it."""
    columns = table(("barred_run", "barred_candidate"), sorted(pairs))
    return replace(
        problem,
        barred_run=columns["barred_run"],
        barred_candidate=columns["barred_candidate"],
    )


def barred_by(problem: Problem, pin: RequestPin) -> Iterator[Pair]:
    """Yield the pairs that the pin of a single run makes."""
    if pin.run is None:
        return
    for request, key in enumerate(problem.labels["request"]):
        if not pin.means(key):
            continue
        first, last = problem.run_start[request : request + 2].tolist()
        index = problem.run_index[first:last].tolist()
        if pin.run in index:
            run = first + index.index(pin.run)
            yield from (
                (run, c) for c in problem.candidates(request) if not pin.admits(*problem.place(c))
            )

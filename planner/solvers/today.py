# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's present policy as a yardstick: a random lab, and a full queue drops the run."""

import numpy as np

from planner.problem import STRICT, Problem, Room
from planner.problem.problem import Ints
from planner.solvers.greedy import Taken, earlier_values


def solve_today(problem: Problem, seed: int) -> Ints:
    """Return what one event at a time makes of the batch: -1 where a run is dropped.

    Requests come in their order. For each run a runtime is drawn among those of the request,
    then one of its platforms there; if that place has no room, the run is dropped. A strict
    request, which the present scheduler does not know, draws among values that it has not taken
    and is dropped whole if one of its runs is.
    """
    draw = np.random.default_rng(seed)
    choice = np.full(problem.runs, -1, dtype=np.int64)
    room, earlier = Room(problem), earlier_values(problem)
    runtime = problem.slot_runtime[problem.candidate_slot]
    start, run_start = problem.candidate_start.tolist(), problem.run_start.tolist()
    for request in range(problem.requests):
        candidates = np.arange(start[request], start[request + 1])
        taken = Taken(problem, request, earlier.get(request, ()))
        strict = problem.request_mode[request] == STRICT
        kept: list[tuple[int, int]] = []
        for run in range(run_start[request], run_start[request + 1]):
            open_ = [c for c in candidates.tolist() if not (strict and taken.repeats(c))]
            if not open_:
                continue
            labs = np.unique(runtime[open_])
            lab = labs[draw.integers(len(labs))]
            there = [c for c in open_ if runtime[c] == lab]
            candidate = there[draw.integers(len(there))]
            if room.blocking(request, candidate) is not None:
                continue
            room.take(request, candidate)
            taken.add(candidate)
            kept.append((run, candidate))
        if strict and len(kept) < run_start[request + 1] - run_start[request]:
            for _, candidate in kept:
                room.give_back(request, candidate)
            continue
        for run, candidate in kept:
            choice[run] = candidate
    return choice

# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's present policy as a yardstick: a random lab, and a full queue drops the run."""

import numpy as np

from planner.problem import STRICT, Problem, Room
from planner.problem.problem import Ints
from planner.solvers.greedy import Taken, earlier_values


class _Queues:
    """The runs on each slot, of every priority, against the ceiling for one priority.

    The planner's own ceilings let a run of low priority go before one of high priority that was
    thought of first; one event at a time, what came first has its place.
    """

    def __init__(self, problem: Problem) -> None:
        self._length = [0] * problem.slots
        self._ceilings: list[list[tuple[int, int]]] = [[] for _ in range(problem.slots)]
        rows = zip(
            problem.ceiling_slot.tolist(),
            problem.ceiling_priority.tolist(),
            problem.ceiling_limit.tolist(),
            strict=True,
        )
        for slot, priority, limit in rows:
            self._ceilings[slot].append((priority, limit))
        self._priority = problem.request_priority.tolist()
        self._slot = problem.candidate_slot.tolist()

    def full(self, request: int, candidate: int) -> bool:
        """Tell whether the queue is as long as the request's priority admits."""
        slot, priority = self._slot[candidate], self._priority[request]
        return any(
            level >= priority and self._length[slot] >= limit
            for level, limit in self._ceilings[slot]
        )

    def add(self, candidate: int, runs: int) -> None:
        """Count so many more runs in the queue of `candidate`."""
        self._length[self._slot[candidate]] += runs


def solve_today(problem: Problem, seed: int) -> Ints:
    """Return what one event at a time makes of the batch: -1 where a run is dropped.

    Requests come in their order. For each run a runtime is drawn among those of the request,
    then one of its platforms there; if that place has no room, or its queue is as long as the
    run's priority admits with whatever was sent there before, the run is dropped. A strict
    request, which the present scheduler does not know, draws among values that it has not taken
    and is dropped whole if one of its runs is.
    """
    draw = np.random.default_rng(seed)
    choice = np.full(problem.runs, -1, dtype=np.int64)
    room, queues, earlier = Room(problem), _Queues(problem), earlier_values(problem)
    runtime = problem.slot_runtime[problem.candidate_slot]
    run_start = problem.run_start.tolist()
    for request in range(problem.requests):
        candidates = problem.candidates(request)
        taken = Taken(problem, request, earlier.get(request, ()))
        strict = problem.request_mode[request] == STRICT
        kept: list[tuple[int, int]] = []
        for run in range(run_start[request], run_start[request + 1]):
            open_ = [c for c in candidates if not (strict and taken.repeats(c))]
            if not open_:
                continue
            labs = np.unique(runtime[open_])
            lab = labs[draw.integers(len(labs))]
            there = [c for c in open_ if runtime[c] == lab]
            candidate = there[draw.integers(len(there))]
            if queues.full(request, candidate) or room.blocking(request, candidate) is not None:
                continue
            room.take(request, candidate)
            queues.add(candidate, 1)
            taken.add(candidate)
            kept.append((run, candidate))
        if strict and len(kept) < run_start[request + 1] - run_start[request]:
            for _, candidate in kept:
                room.give_back(request, candidate)
                queues.add(candidate, -1)
            continue
        for run, candidate in kept:
            choice[run] = candidate
    return choice

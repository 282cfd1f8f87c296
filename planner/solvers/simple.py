# SPDX-License-Identifier: LGPL-2.1-or-later
"""The simple ways to place runs: one request after the other, by a choice made on the spot.

They are no way to run a site; the engine and the simulator are compared with them.
"""

from collections.abc import Callable

import numpy as np

from planner.problem import STRICT, Problem, Room
from planner.problem.problem import Ints
from planner.solvers.greedy import Load, Taken, earlier_values

# Picks one of the candidates that have room, given how long (seconds) the next run waits at each.
Pick = Callable[[list[int], list[int]], int]


def place(problem: Problem, pick: Pick) -> Ints:
    """Return the candidate of each run, requests in the order in which they came.

    Permissive runs take a value that their request has not had while there is one; a strict
    request that cannot have all its runs gives back what it got.
    """
    choice = np.full(problem.runs, -1, dtype=np.int64)
    room, earlier = Room(problem), earlier_values(problem)
    load = Load(problem)
    run_start, strict = problem.run_start.tolist(), (problem.request_mode == STRICT).tolist()
    for request in range(problem.requests):
        taken = Taken(problem, request, earlier.get(request, ()))
        chosen: list[int] = []
        wanted = run_start[request + 1] - run_start[request]
        for _ in range(wanted):
            open_ = [c for c in problem.candidates(request) if room.blocking(request, c) is None]
            fresh = [c for c in open_ if not taken.repeats(c)]
            if not fresh and (strict[request] or not open_):
                break
            candidate = pick(fresh or open_, [load.wait(c) for c in fresh or open_])
            room.take(request, candidate)
            taken.add(candidate)
            load.add(candidate)
            chosen.append(candidate)
        if strict[request] and len(chosen) < wanted:
            for candidate in chosen:
                room.give_back(request, candidate)
                load.remove(candidate)
            chosen = []
        choice[run_start[request] : run_start[request] + len(chosen)] = chosen
    return choice


def random(seed: int) -> Pick:
    """Return the pick of any candidate."""
    draw = np.random.default_rng(seed)
    return lambda candidates, load: candidates[int(draw.integers(len(candidates)))]


def round_robin(seed: int) -> Pick:
    """Return the pick that takes turns, from a place that is drawn."""
    turn = seed

    def pick(candidates: list[int], load: list[int]) -> int:
        nonlocal turn
        turn += 1
        return candidates[turn % len(candidates)]

    return pick


def least_loaded(seed: int) -> Pick:
    """Return the pick of the slot where the run waits least; nothing is drawn."""
    return lambda candidates, load: candidates[load.index(min(load))]


def two_choices(seed: int) -> Pick:
    """Return the pick of the less loaded of two that are drawn."""
    draw = np.random.default_rng(seed)

    def pick(candidates: list[int], load: list[int]) -> int:
        one, two = (int(i) for i in draw.integers(len(candidates), size=2))
        return candidates[one if load[one] <= load[two] else two]

    return pick


SIMPLE: dict[str, Callable[[int], Pick]] = {
    "random": random,
    "round-robin": round_robin,
    "least-loaded": least_loaded,
    "two-choices": two_choices,
}

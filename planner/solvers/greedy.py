# SPDX-License-Identifier: LGPL-2.1-or-later
"""The greedy solver: the most valuable request first, each run where it does best now."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from planner.problem import ATTRIBUTES, FREE, STRICT, Problem, Room
from planner.problem.problem import Ints


class Taken:
    """The values that the runs of one request have taken, in each of its variant attributes."""

    def __init__(self, problem: Problem, request: int, earlier: Iterable[tuple[int, int]]) -> None:
        bits = int(problem.request_variant[request])
        if problem.request_mode[request] == FREE:
            bits = 0
        self._attributes = [a for a in range(len(ATTRIBUTES)) if bits >> a & 1]
        self._values = problem.candidate_attribute
        self._taken = {(a, v) for a, v in earlier if a in self._attributes}

    def repeats(self, candidate: int) -> int:
        """Return in how many attributes a run on `candidate` would repeat a value."""
        return sum((a, int(self._values[a, candidate])) in self._taken for a in self._attributes)

    def add(self, candidate: int) -> None:
        """Remember the values of `candidate`."""
        self._taken |= {(a, int(self._values[a, candidate])) for a in self._attributes}


class Stale:
    """What has not run for long and does not run again yet."""

    def __init__(self, problem: Problem) -> None:
        self._subject = problem.subject.tolist()
        self._slot = problem.candidate_slot.tolist()
        self._device_type = problem.slot_device_type.tolist()
        pairs = zip(problem.stale_subject.tolist(), problem.stale_device_type.tolist(), strict=True)
        self._days = dict(zip(pairs, problem.stale_days.tolist(), strict=True))
        self._runs: Counter[tuple[int, int]] = Counter()

    def days(self, request: int, candidate: int) -> int:
        """Return the days of staleness that a run on `candidate` would end."""
        if not self._days:
            return 0
        pair = self._pair(request, candidate)
        return 0 if self._runs[pair] else self._days.get(pair, 0)

    def add(self, request: int, candidate: int) -> None:
        """Count a run of the request there."""
        self._runs[self._pair(request, candidate)] += 1

    def remove(self, request: int, candidate: int) -> None:
        """Count one run less there."""
        self._runs[self._pair(request, candidate)] -= 1

    def _pair(self, request: int, candidate: int) -> tuple[int, int]:
        return self._subject[request], self._device_type[self._slot[candidate]]


def earlier_values(problem: Problem) -> dict[int, list[tuple[int, int]]]:
    """Return the (attribute, value) pairs that already sent runs took, by request."""
    earlier: dict[int, list[tuple[int, int]]] = {}
    for request, attribute, value in zip(
        problem.used_request.tolist(),
        problem.used_attribute.tolist(),
        problem.used_value.tolist(),
        strict=True,
    ):
        earlier.setdefault(request, []).append((attribute, value))
    return earlier


def solve_greedy(problem: Problem) -> Ints:
    """Return the candidate of each run, -1 where none was left when its turn came."""
    choice = np.full(problem.runs, -1, dtype=np.int64)
    room, earlier = Room(problem), earlier_values(problem)
    load, stale = Load(problem), Stale(problem)
    run_start = problem.run_start.tolist()
    order = np.lexsort((np.arange(problem.requests), -problem.request_value)).tolist()
    for request in order:
        taken = Taken(problem, request, earlier.get(request, ()))
        candidates = problem.candidates(request)
        strict = problem.request_mode[request] == STRICT
        chosen: list[int] = []
        for barred in _barred(problem, range(run_start[request], run_start[request + 1])):
            open_ = [c for c in candidates if c not in barred] if barred else candidates
            best = _best(request, open_, taken, room, load, stale, strict)
            if best is None:
                if barred and not strict:
                    continue
                break
            room.take(request, best)
            load.add(best)
            stale.add(request, best)
            taken.add(best)
            chosen.append(best)
        if strict and len(chosen) < run_start[request + 1] - run_start[request]:
            for candidate in chosen:
                room.give_back(request, candidate)
                load.remove(candidate)
                stale.remove(request, candidate)
            continue
        choice[run_start[request] : run_start[request] + len(chosen)] = chosen
    return choice


def _barred(problem: Problem, runs: range) -> list[frozenset[int]]:
    """Return what is barred to each run of a request, pinned ones first."""
    barred = [problem.barred.get(run, frozenset()) for run in runs]
    return sorted(barred, key=len, reverse=True)


class Load:
    """The runs on each slot, and what the next one there would wait."""

    def __init__(self, problem: Problem) -> None:
        self._count = [0] * problem.slots
        self._steps: list[list[tuple[int, int]]] = [[] for _ in range(problem.slots)]
        for slot, width, wait in zip(
            problem.step_slot.tolist(),
            problem.step_width.tolist(),
            problem.step_wait.tolist(),
            strict=True,
        ):
            ends = self._steps[slot][-1][0] if self._steps[slot] else 0
            self._steps[slot].append((ends + width, wait))
        self._slot = problem.candidate_slot.tolist()
        self._duration = problem.candidate_duration.tolist()
        self._cost = problem.candidate_cost.tolist()

    def rank(self, candidate: int) -> tuple[int, int, int]:
        """Return the seconds until a run there would end, its cost, and the candidate itself."""
        ends = self.wait(candidate) + self._duration[candidate]
        return ends, self._cost[candidate], candidate

    def wait(self, candidate: int) -> int:
        """Return the seconds that the next run there would wait."""
        slot = self._slot[candidate]
        nth = self._count[slot]
        return next((w for end, w in self._steps[slot] if nth < end), 0)

    def add(self, candidate: int) -> None:
        """Count one more run on the slot of `candidate`."""
        self._count[self._slot[candidate]] += 1

    def remove(self, candidate: int) -> None:
        """Count one run less there."""
        self._count[self._slot[candidate]] -= 1


def _best(
    request: int,
    candidates: Iterable[int],
    taken: Taken,
    room: Room,
    load: Load,
    stale: Stale,
    strict: bool,
) -> int | None:
    """Return the candidate that repeats least, is stalest, and ends first, of those with room."""
    ranked = (
        ((taken.repeats(c), -stale.days(request, c), *load.rank(c)), c)
        for c in candidates
        if room.blocking(request, c) is None
    )
    best = min((r for r in ranked if not (strict and r[0][0])), default=None)
    return None if best is None else best[1]

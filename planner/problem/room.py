# SPDX-License-Identifier: LGPL-2.1-or-later
"""How much room is left while runs are placed one after the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.problem.problem import RESOURCES, Ints, Problem

Counts = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that runs count against: the rule that has it, its row there, and how much it is.

    `level` is that of a nested limit; `label` says what is counted where that is not every run.
    `need` is what the run that asked takes of it and `left` what is left; `context` says where in a
    runtime the limit is.
    """

    rule: str
    row: int
    limit: int
    level: int | None = None
    label: str | None = None
    need: int = 1
    left: int = 0
    context: str | None = None


@dataclass(frozen=True, slots=True)
class _Counter:
    """A limit at its position, and which requests count against it."""

    position: int
    counts: Counts | None


class Room:
    """The limits of a problem and what has been taken of each.

    A run counts against every ceiling of its slot for its priority or higher, against every
    deadline row for its slack or more, and against whatever limits its slot, its runtime or its
    group otherwise.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._limits: list[Limit] = []
        self.taken: list[int] = []
        self._on_slot: list[list[_Counter]] = [[] for _ in range(problem.slots)]
        self._slot = problem.candidate_slot.tolist()
        # Requests that agree in these meet the same limits on a slot.
        self._priority = problem.request_priority.tolist()
        self._slack = problem.request_slack.tolist()
        self._group = problem.group.tolist()
        self._known: dict[tuple[int, int, int, int], list[int]] = {}
        # What a run takes of a limit, by candidate; None where every run is one.
        self._uses: list[list[int] | None] = []
        self._slot_limits()
        self._runtime_limits()
        self._resources()

    def _slot_limits(self) -> None:
        problem = self._problem
        for row, (slot, level, limit) in _rows(
            problem.ceiling_slot, problem.ceiling_priority, problem.ceiling_limit
        ):
            self._add(
                Limit("slot_ceiling", row, limit, level), [slot], _within(self._priority, level)
            )
        for row, (slot, level, limit) in _rows(
            problem.deadline_slot, problem.deadline_slack, problem.deadline_limit
        ):
            self._add(Limit("deadline", row, limit, level), [slot], _within(self._slack, level))
        ordinary = problem.ordinary.tolist()
        for row, (slot, level, limit) in _rows(
            problem.reserve_slot, problem.reserve_priority, problem.reserve_limit
        ):
            within = _both(ordinary, _within(self._priority, level))
            self._add(Limit("reserve", row, limit, level), [slot], within)
        for row, (slot, limit) in _rows(problem.hours_slot, problem.hours_limit):
            self._add(Limit("lab_hours", row, limit), [slot])

    def _runtime_limits(self) -> None:
        problem = self._problem
        for row, (runtime, limit) in _rows(problem.total_runtime, problem.total_limit):
            self._add(Limit("runtime_total", row, limit), self._slots_in(runtime))
        for row, (runtime, limit) in _rows(problem.share_runtime, problem.share_limit):
            self._add(Limit("lab_share", row, limit), self._slots_in(runtime))
        for row, (runtime, limit) in _rows(problem.quota_runtime, problem.quota_limit):
            groups = frozenset(problem.counted_group[problem.counted_quota == row].tolist())
            self._add(
                Limit("lab_quota", row, limit, label=problem.labels["quota"][row]),
                self._slots_in(runtime),
                _among(self._group, groups),
            )

    def _resources(self) -> None:
        problem = self._problem
        for row, (pool, kind, limit) in _rows(
            problem.resource_pool, problem.resource_kind, problem.resource_limit
        ):
            self._add(
                Limit(
                    "resources",
                    row,
                    limit,
                    label=RESOURCES[kind],
                    context=problem.labels["pool"][pool] or None,
                ),
                np.flatnonzero(problem.slot_pool == pool).tolist(),
                uses=problem.uses[kind].tolist(),
            )

    def _slots_in(self, runtime: int) -> Iterable[int]:
        slots: list[int] = np.flatnonzero(self._problem.slot_runtime == runtime).tolist()
        return slots

    def _add(
        self,
        limit: Limit,
        slots: Iterable[int],
        counts: Counts | None = None,
        uses: list[int] | None = None,
    ) -> None:
        for slot in slots:
            self._on_slot[slot].append(_Counter(len(self._limits), counts))
        self._limits.append(limit)
        self.taken.append(0)
        self._uses.append(uses)

    def _counted(self, request: int, candidate: int) -> list[int]:
        """Return the positions of the limits that a run of `request` there counts against."""
        slot = self._slot[candidate]
        key = (slot, self._priority[request], self._slack[request], self._group[request])
        if key not in self._known:
            self._known[key] = [
                counter.position
                for counter in self._on_slot[slot]
                if counter.counts is None or counter.counts(request)
            ]
        return self._known[key]

    def blocking(self, request: int, candidate: int) -> Limit | None:
        """Return the first limit that one more run of `request` there would exceed, or None."""
        return next(self.all_blocking(request, candidate), None)

    def all_blocking(self, request: int, candidate: int) -> Iterator[Limit]:
        """Yield each limit that one more run of `request` there would exceed."""
        for position in self._counted(request, candidate):
            need, limit = self._need(position, candidate), self._limits[position]
            left = limit.limit - self.taken[position]
            if left < need:
                yield limit if (left, need) == (0, 1) else replace(limit, need=need, left=left)

    def _need(self, position: int, candidate: int) -> int:
        uses = self._uses[position]
        return 1 if uses is None else uses[candidate]

    def take(self, request: int, candidate: int) -> None:
        """Count one run of `request` on `candidate`."""
        for position in self._counted(request, candidate):
            self.taken[position] += self._need(position, candidate)

    def give_back(self, request: int, candidate: int) -> None:
        """Count one run of `request` on `candidate` less."""
        for position in self._counted(request, candidate):
            self.taken[position] -= self._need(position, candidate)

    def take_all(self, placed: Iterable[tuple[int, int]]) -> None:
        """Count every (request, candidate) of `placed`."""
        for request, candidate in placed:
            self.take(request, candidate)


def _rows(*columns: Ints) -> Iterable[tuple[int, tuple[int, ...]]]:
    return enumerate(zip(*(column.tolist() for column in columns), strict=True))


def _within(levels: list[int], level: int) -> Counts:
    return lambda request: levels[request] <= level


def _both(ordinary: list[bool], counts: Counts) -> Counts:
    return lambda request: ordinary[request] and counts(request)


def _among(groups: list[int], counted: frozenset[int]) -> Counts:
    return lambda request: groups[request] in counted

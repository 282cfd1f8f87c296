# SPDX-License-Identifier: LGPL-2.1-or-later
"""How much room is left while runs are placed one after the other."""

from collections.abc import Iterable
from dataclasses import dataclass

from planner.problem.problem import Ints, Problem


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that a run counts against: which column table has it, which row, and how much."""

    kind: str  # "ceiling", "deadline" or "total"
    row: int
    limit: int


class Room:
    """The limits of a problem and what has been taken of each.

    A run counts against every ceiling of its slot for its priority or higher, against every
    deadline row for its slack or more, and against the total of its runtime.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._limits = [
            *self._table("ceiling", problem.ceiling_limit),
            *self._table("deadline", problem.deadline_limit),
            *self._table("total", problem.total_limit),
        ]
        self.taken = [0] * len(self._limits)
        self._by_slot: list[list[tuple[int, int]]] = [[] for _ in range(problem.slots)]
        self._urgent: list[list[tuple[int, int]]] = [[] for _ in range(problem.slots)]
        position = 0
        for slot, priority in zip(
            problem.ceiling_slot.tolist(), problem.ceiling_priority.tolist(), strict=True
        ):
            self._by_slot[slot].append((priority, position))
            position += 1
        for slot, slack in zip(
            problem.deadline_slot.tolist(), problem.deadline_slack.tolist(), strict=True
        ):
            self._urgent[slot].append((slack, position))
            position += 1
        self._total = {
            runtime: position + row for row, runtime in enumerate(problem.total_runtime.tolist())
        }
        self._slot = problem.candidate_slot.tolist()
        self._runtime = problem.slot_runtime.tolist()
        self._priority = problem.request_priority.tolist()
        self._slack = problem.request_slack.tolist()

    @staticmethod
    def _table(kind: str, limits: Ints) -> list[Limit]:
        return [Limit(kind, row, limit) for row, limit in enumerate(limits.tolist())]

    def _counted(self, request: int, candidate: int) -> list[int]:
        slot = self._slot[candidate]
        priority, slack = self._priority[request], self._slack[request]
        counted = [p for level, p in self._by_slot[slot] if level >= priority]
        counted += [p for level, p in self._urgent[slot] if level >= slack]
        total = self._total.get(self._runtime[slot])
        return counted if total is None else [*counted, total]

    def blocking(self, request: int, candidate: int) -> Limit | None:
        """Return the first limit that one more run of `request` there would exceed, or None."""
        for position in self._counted(request, candidate):
            if self.taken[position] >= self._limits[position].limit:
                return self._limits[position]
        return None

    def take(self, request: int, candidate: int) -> None:
        """Count one run of `request` on `candidate`."""
        for position in self._counted(request, candidate):
            self.taken[position] += 1

    def give_back(self, request: int, candidate: int) -> None:
        """Count one run of `request` on `candidate` less."""
        for position in self._counted(request, candidate):
            self.taken[position] -= 1

    def take_all(self, placed: Iterable[tuple[int, int]]) -> None:
        """Count every (request, candidate) of `placed`."""
        for request, candidate in placed:
            self.take(request, candidate)

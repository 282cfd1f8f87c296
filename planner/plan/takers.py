# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which runs of a plan took the room that another run would have wanted."""

from collections.abc import Iterable, Mapping

from models import Assignment, Obstacle
from planner.plan.wording import counted


class Takers:
    """The placed runs by the place they took; `slack` is that of each request, in seconds."""

    def __init__(self, assignments: Iterable[Assignment], slack: Mapping[str, int]) -> None:
        self._slack = slack
        self._on_slot: dict[tuple[str, str], list[Assignment]] = {}
        self._in_runtime: dict[str, list[Assignment]] = {}
        self._last_wait: dict[tuple[str, str], int] = {}
        # Those that a slot serves first are named first.
        for one in sorted(assignments, key=lambda a: -a.priority):
            slot = (one.runtime, one.device_type)
            self._on_slot.setdefault(slot, []).append(one)
            self._last_wait[slot] = max(self._last_wait.get(slot, 0), one.start_s)
            self._in_runtime.setdefault(one.runtime, []).append(one)
        self._known: dict[tuple[str, str, str, int | None], tuple[str, ...]] = {}

    def of(self, runtime: str, device_type: str, obstacle: Obstacle) -> tuple[str, ...]:
        """Return the runs that count against the limit of `obstacle` at that place."""
        key = (runtime, device_type, obstacle.rule, obstacle.level)
        if key not in self._known:
            self._known[key] = tuple(
                one.run
                for one in self._counted(runtime, device_type, obstacle)
                if obstacle.level is None or self._level(one, obstacle.rule) <= obstacle.level
            )
        return self._known[key]

    def _counted(self, runtime: str, device_type: str, obstacle: Obstacle) -> Iterable[Assignment]:
        if obstacle.rule == "runtime_total":
            return self._in_runtime.get(runtime, ())
        return self._on_slot.get((runtime, device_type), ())

    def _level(self, one: Assignment, rule: str) -> int:
        return one.priority if rule == "slot_ceiling" else self._slack[one.request]

    def last_wait(self, runtime: str, device_type: str) -> int:
        """Return the longest wait on that slot: what the plan saves with one run less there."""
        return self._last_wait.get((runtime, device_type), 0)


def limit_text(runtime: str, device_type: str, obstacle: Obstacle) -> str:
    """Return the sentence that names the rule and its number."""
    more = counted(obstacle.limit, "more run")
    slot = f"{runtime}/{device_type}"
    text = {
        "slot_ceiling": f"{slot} takes {more} of priority {obstacle.level} or less",
        "deadline": f"{slot} can start {more} within {obstacle.level} s",
        "runtime_total": f"{runtime} takes {more} in all",
    }[obstacle.rule]
    return f"{obstacle.rule}: {text}"

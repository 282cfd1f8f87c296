# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which runs of a plan took the room that another run would have wanted."""

from collections.abc import Iterable, Mapping, Sequence

from models import Assignment, Obstacle
from planner.plan.wording import counted

# Rules whose limits are of a runtime with all its slots.
OF_RUNTIME = ("runtime_total", "lab_share", "lab_quota", "resources")


_UNITS = {"runs": "places", "cpu": "thousandths of a CPU", "memory": "MiB of memory"}


class Takers:
    """The placed runs by the place they took, and what of their requests limits count.

    `slack` is the seconds within which runs of each request must start, `quotas` the names of
    the quotas that they count against, `reserved` whether reserved room is for them.
    """

    def __init__(
        self,
        assignments: Iterable[Assignment],
        slack: Mapping[str, int],
        quotas: Mapping[str, Sequence[str]],
        reserved: Mapping[str, bool],
    ) -> None:
        self._slack, self._quotas, self._reserved = slack, quotas, reserved
        self._on_slot: dict[tuple[str, str], list[Assignment]] = {}
        self._in_runtime: dict[str, list[Assignment]] = {}
        self._last_wait: dict[tuple[str, str], int] = {}
        # Those that a slot serves first are named first.
        for one in sorted(assignments, key=lambda a: -a.priority):
            slot = (one.runtime, one.device_type)
            self._on_slot.setdefault(slot, []).append(one)
            self._last_wait[slot] = max(self._last_wait.get(slot, 0), one.start_s)
            self._in_runtime.setdefault(one.runtime, []).append(one)
        self._known: dict[tuple[str, str, Obstacle], tuple[str, ...]] = {}

    def of(self, runtime: str, device_type: str, obstacle: Obstacle) -> tuple[str, ...]:
        """Return the runs that count against the limit of `obstacle` at that place."""
        key = (runtime, device_type, obstacle)
        if key not in self._known:
            self._known[key] = tuple(
                one.run
                for one in self._near(runtime, device_type, obstacle)
                if self._counts(one, obstacle)
            )
        return self._known[key]

    def _near(self, runtime: str, device_type: str, obstacle: Obstacle) -> Iterable[Assignment]:
        if obstacle.rule in OF_RUNTIME:
            return self._in_runtime.get(runtime, ())
        return self._on_slot.get((runtime, device_type), ())

    def _counts(self, one: Assignment, obstacle: Obstacle) -> bool:
        if obstacle.rule == "resources":
            return one.context == obstacle.context
        if obstacle.label is not None:
            return quota_name(one.runtime, obstacle.label) in self._quotas[one.request]
        if obstacle.level is None:
            return True
        if obstacle.rule == "reserve":
            return one.priority <= obstacle.level and not self._reserved[one.request]
        level = one.priority if obstacle.rule == "slot_ceiling" else self._slack[one.request]
        return level <= obstacle.level

    def last_wait(self, runtime: str, device_type: str) -> int:
        """Return the longest wait on that slot: what the plan saves with one run less there."""
        return self._last_wait.get((runtime, device_type), 0)


def limit_text(runtime: str, device_type: str, obstacle: Obstacle) -> str:
    """Return the sentence that names the rule and its number."""
    more = counted(obstacle.limit, "more run")
    slot = f"{runtime}/{device_type}"
    place = f"{runtime}/{obstacle.context}" if obstacle.context else runtime
    unit = _UNITS.get(obstacle.label or "", "")
    text = {
        "slot_ceiling": f"{slot} takes {more} of priority {obstacle.level} or less",
        "deadline": f"{slot} can start {more} within {obstacle.level} s",
        "runtime_total": f"{runtime} takes {more} in all",
        "lab_share": f"the contract of {runtime} leaves {more} of its devices",
        "lab_hours": f"{slot} can start {more} before {runtime} closes",
        "reserve": f"{slot} takes {more} of priority {obstacle.level} or less beside what is kept"
        " for humans and bisections",
        "resources": f"{place} has {obstacle.limit} {unit} left and a run takes {obstacle.need}",
        "lab_quota": f"the contract of {runtime} admits {more} of {obstacle.label}",
    }[obstacle.rule]
    return f"{obstacle.rule}: {text}"


def quota_name(runtime: str, label: str) -> str:
    """Return the name of a quota that no other runtime has."""
    return f"{runtime} {label}"

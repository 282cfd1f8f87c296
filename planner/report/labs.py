# SPDX-License-Identifier: LGPL-2.1-or-later
"""Load against ceiling: each slot of each lab, with what the plan sends there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from models import Assignment, PlanDocument, SlotRoom


@dataclass(frozen=True)
class Slot:
    """One slot and the runs that the plan sends there.

    `load` of `limit` is the tightest of its ceilings: `load` counts the runs of at most priority
    `level`, or all runs where `level` is None. `limit` is None where nothing limits the slot. All
    times are seconds from when the plan was made: its first run is expected to start at
    `first_s`, its last to start at `last_s`, and all of them to be over at `end_s`.
    """

    runtime: str
    device_type: str
    runs: int
    load: int
    limit: int | None
    level: int | None
    first_s: int
    last_s: int
    end_s: int

    @property
    def share(self) -> float:
        """Return the part of the ceiling that is used, 1.0 where it admits nothing."""
        if self.limit is None:
            return 0.0
        return self.load / self.limit if self.limit else 1.0


@dataclass(frozen=True)
class Lab:
    """One runtime: its slots, those with runs first, and what it admits in all.

    `load_s` is for how long the runs keep its devices busy, all together.
    """

    name: str
    runs: int
    load_s: int
    total: int | None
    slots: tuple[Slot, ...]

    @property
    def end_s(self) -> int:
        """Return when all its runs are expected to be over."""
        return max(slot.end_s for slot in self.slots)


def labs(document: PlanDocument) -> tuple[Lab, ...]:
    """Return the labs where runs of the plan could have gone, by name."""
    placed: dict[tuple[str, str, str], list[Assignment]] = {}
    for one in document.assignments:
        placed.setdefault((one.runtime, one.device_type, one.context or ""), []).append(one)
    # A plan of a program that did not say what slots admit still says where it sends runs.
    rooms = {
        place: SlotRoom(runtime=place[0], device_type=place[1], ceilings=(), total=None)
        for place in placed
    }
    rooms |= {(room.runtime, room.device_type, room.context or ""): room for room in document.slots}
    by_lab = sorted(rooms.items(), key=lambda item: item[0])
    return tuple(
        _lab(name, [(room, placed.get(place, [])) for place, room in group])
        for name, group in groupby(by_lab, key=lambda item: item[0][0])
    )


def _lab(name: str, slots: Sequence[tuple[SlotRoom, Sequence[Assignment]]]) -> Lab:
    return Lab(
        name=name,
        runs=sum(len(runs) for _, runs in slots),
        load_s=sum(run.load_s or run.duration_s for _, runs in slots for run in runs),
        total=slots[0][0].total,
        slots=tuple(sorted((_slot(*slot) for slot in slots), key=lambda s: not s.runs)),
    )


def _slot(room: SlotRoom, runs: Sequence[Assignment]) -> Slot:
    load, limit, level = _tightest(room, [run.priority for run in runs])
    return Slot(
        runtime=room.runtime,
        device_type=room.device_type,
        runs=len(runs),
        load=load,
        limit=limit,
        level=level,
        first_s=min((run.start_s for run in runs), default=0),
        last_s=max((run.start_s for run in runs), default=0),
        end_s=max((run.start_s + run.duration_s for run in runs), default=0),
    )


def _tightest(room: SlotRoom, priorities: Iterable[int]) -> tuple[int, int | None, int | None]:
    """Return load, limit and level of the ceiling of which the largest part is used.

    The level is None for the highest one, which counts all runs; so it is without a ceiling.
    """
    priorities = list(priorities)
    if not room.ceilings:
        return len(priorities), None, None
    counted = [(sum(p <= c.priority for p in priorities), c) for c in room.ceilings]
    load, tightest = max(
        counted, key=lambda one: (one[0] / one[1].limit if one[1].limit else 1.0, one[1].priority)
    )
    highest = tightest is room.ceilings[-1]
    return load, tightest.limit, None if highest else tightest.priority

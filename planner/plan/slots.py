# SPDX-License-Identifier: LGPL-2.1-or-later
"""What each slot admits, as a plan writes it down."""

from models import Ceiling, SlotRoom
from planner.problem import UNLIMITED, Problem


def slot_rooms(problem: Problem) -> tuple[SlotRoom, ...]:
    """Return what each slot of `problem` admits, in the problem's order."""
    labels = problem.labels
    ceilings: dict[int, list[Ceiling]] = {}
    rows = (problem.ceiling_slot, problem.ceiling_priority, problem.ceiling_limit)
    for slot, priority, limit in zip(*(column.tolist() for column in rows), strict=True):
        if limit < UNLIMITED:
            ceilings.setdefault(slot, []).append(Ceiling(priority=priority, limit=limit))
    totals = dict(zip(problem.total_runtime.tolist(), problem.total_limit.tolist(), strict=True))
    slots = zip(problem.slot_runtime.tolist(), problem.slot_device_type.tolist(), strict=True)
    return tuple(
        SlotRoom(
            runtime=labels["runtime"][runtime],
            device_type=labels["device_type"][device_type],
            ceilings=tuple(sorted(ceilings.get(slot, ()), key=lambda c: c.priority)),
            total=totals.get(runtime),
            context=problem.context(slot),
        )
        for slot, (runtime, device_type) in enumerate(slots)
    )

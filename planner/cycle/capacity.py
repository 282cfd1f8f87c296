# SPDX-License-Identifier: LGPL-2.1-or-later
"""The capacity that a cycle plans with: declared, told by the runtimes, or remembered."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from models import (
    Capacity,
    CapacitySource,
    Catalog,
    Contact,
    LabType,
    Request,
    RuntimeCapacity,
    Sent,
    UnknownCapacity,
)
from planner.config import read_capacity
from planner.runtimes import Answer, Guard, NoAccessError, Question, ask

log = logging.getLogger(__name__)

IDLE = timedelta(minutes=15)  # between two questions to a runtime that nothing waits for


def current_capacity(
    catalog: Catalog,
    path: Path | None,
    guards: Mapping[str, Guard],
    waiting: Iterable[Request],
    under_way: Mapping[str, Sequence[Sent]],
    now: datetime,
    *,
    live: Iterable[str] = (),
) -> Capacity:
    """Return what every runtime can take now.

    Asked are the runtimes that have to tell it themselves, for the device types that something
    waits for: those whose `source` says so, and of `live` ones those of which nothing else is
    declared. What the capacity file at `path` reports is not asked for, and a runtime that answers
    and that nothing waits for only now and then. Where there is no answer, it is as `unknown` says;
    `why` says what was wrong.

    Raises:
        PlannerError: if the file cannot be used.
    """
    declared = read_capacity(catalog, path, now)
    needed = _device_types(waiting)
    running = frozenset(live)
    to_ask = {
        name: guard
        for name, runtime in catalog.runtimes.items()
        if (guard := guards.get(name)) is not None
        and _has_to_tell(declared.runtimes[name], runtime.lab_type, name in running)
    }
    answers: dict[str, Answer] = {
        name: guard.contact.last
        for name, guard in to_ask.items()
        if name not in needed and guard.contact.last and _told_lately(guard.contact, now)
    }
    questions = [
        Question(
            guard, needed.get(name, ()), catalog.capacity_settings(catalog.runtimes[name]).deadline
        )
        for name, guard in to_ask.items()
        if name not in answers
    ]
    answers |= ask(questions, now)
    told = dict(declared.runtimes)
    for name, answer in answers.items():
        sent = under_way.get(name, ())
        told[name] = settled(told[name], answer, guards[name].contact, sent, now)
    for name, capacity in told.items():
        if capacity.source is not CapacitySource.STATIC and name not in answers:
            told[name] = _untold(capacity)
    return declared.model_copy(update={"runtimes": told})


def settled(
    declared: RuntimeCapacity,
    answer: Answer,
    contact: Contact,
    sent: Sequence[Sent],
    now: datetime,
) -> RuntimeCapacity:
    """Return one runtime's capacity from what is declared of it and what it answers.

    A runtime that refuses us, or is left alone, takes nothing, whatever is declared. What it told
    last counts with the runs that were sent since as waiting there.
    """
    if isinstance(answer, RuntimeCapacity):
        said = {key: getattr(answer, key) for key in answer.model_fields_set}
        return declared.model_copy(update={"known": True, **said})
    lost = declared.model_copy(update={"known": False, "why": str(answer)})
    left_alone = contact.until is not None and contact.until > now
    if isinstance(answer, NoAccessError) or contact.refused or left_alone:
        taken = contact.last.taken if contact.last else None
        return lost.model_copy(update={"unknown": UnknownCapacity.CLOSED, "taken": taken})
    if declared.unknown is not UnknownCapacity.LAST_KNOWN or contact.last is None:
        return lost
    said = {key: getattr(contact.last, key) for key in contact.last.model_fields_set}
    last = declared.model_copy(update={"known": True, **said, "why": str(answer)})
    return _with_sent(last, sent)


def unanswered(capacity: Capacity, now: datetime) -> tuple[str, ...]:
    """Return a sentence for each runtime that did not tell what it can take, and what that means.

    One that was not asked, because a capacity file spoke for it, has none.
    """
    return tuple(
        f"{name}: its capacity is not known now: {told.why}; {_meaning(told, now)}"
        for name, told in capacity.runtimes.items()
        if told.why is not None
    )


def _meaning(told: RuntimeCapacity, now: datetime) -> str:
    age = max(0, round((now - told.taken).total_seconds())) if told.taken else None
    if told.known and age is not None:
        return f"what it told {age} s ago counts"
    if told.unknown is UnknownCapacity.OPEN:
        return "it counts as open"
    return "nothing is sent there" + ("" if age is None else f"; it told something {age} s ago")


def _has_to_tell(declared: RuntimeCapacity, lab_type: LabType, live: bool) -> bool:
    if live and lab_type is LabType.SHELL:
        return True
    if declared.reported:
        return False
    return declared.source is not CapacitySource.STATIC or (live and not declared.known)


def _told_lately(contact: Contact, now: datetime) -> bool:
    """Tell whether a runtime answers, and said not long ago what it can take."""
    taken = contact.last.taken if contact.last else None
    sound = contact.failures == 0 and not contact.refused
    return sound and taken is not None and timedelta() <= now - taken < IDLE


def _untold(capacity: RuntimeCapacity) -> RuntimeCapacity:
    """Return the capacity of a runtime that should be asked, and that there is no way to ask."""
    if capacity.known or capacity.reported:
        return capacity
    return capacity.model_copy(update={"why": "there is no way to ask it"})


def _with_sent(last: RuntimeCapacity, sent: Sequence[Sent]) -> RuntimeCapacity:
    since = [run for run in sent if last.taken and run.submitted and run.submitted > last.taken]
    if last.devices is None:
        return last.model_copy(update={"running": last.running + len(since)})
    devices = dict(last.devices)
    for run in since:
        if run.device_type in devices:
            device = devices[run.device_type]
            devices[run.device_type] = device.model_copy(update={"queue": device.queue + 1})
    return last.model_copy(update={"devices": devices})


def _device_types(waiting: Iterable[Request]) -> dict[str, set[str]]:
    """Return by runtime the device types that something waits for there."""
    needed: dict[str, set[str]] = {}
    for request in waiting:
        for place in request.candidates:
            needed.setdefault(place.runtime, set()).add(place.device_type)
    return needed

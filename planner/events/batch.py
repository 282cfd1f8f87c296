# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was told of events becomes a batch, wherever it came from."""

from collections.abc import Iterable
from typing import Any

from models import Batch, Event, EventError
from planner.events.lines import LineError, Source, read_lines
from planner.events.shapes import ShapeError, parse_event


def read_events(source: Source) -> Batch:
    """Return the events of a file (or `-`, or an open file), in the order in which they stand.

    Raises:
        PlannerError: if the source cannot be read.
    """
    return gather(read_lines(source))


def gather(told: Iterable[tuple[int | None, Any]]) -> Batch:
    """Return the events in their order, given each with its line (None where it has none).

    An event that says the same as an earlier one is counted in `repeated` and left out, whatever
    its id: KernelCI delivers again under new ids. What is no event is in `errors`, with its line
    or its id.
    """
    events: dict[str, Event] = {}
    errors: list[EventError] = []
    repeated = keepalives = 0
    for line, value in told:
        try:
            event = _event(value, line)
        except (LineError, ShapeError) as error:
            name = value.get("id") if isinstance(value, dict) and line is None else None
            name = None if name is None else str(name)
            errors.append(EventError(line=line, event=name, text=str(error)))
            continue
        if event is None:
            keepalives += 1
        elif event.fingerprint in events:
            repeated += 1
        else:
            events[event.fingerprint] = event
    return Batch(
        events=tuple(events.values()),
        errors=tuple(errors),
        repeated=repeated,
        keepalives=keepalives,
    )


def _event(value: object, line: int | None) -> Event | None:
    if isinstance(value, LineError):
        raise value
    return parse_event(value, line)

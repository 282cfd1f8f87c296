# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file of events becomes a batch."""

from models import Batch, Event, EventError
from planner.events.lines import LineError, Source, read_lines
from planner.events.shapes import ShapeError, parse_event


def read_events(source: Source) -> Batch:
    """Return the events of a file (or `-`, or an open file), in the order in which they stand.

    An event that says the same as an earlier one is counted in `repeated` and left out, whatever
    its id: KernelCI delivers again under new ids. What is no event is in `errors`, with its line.

    Raises:
        PlannerError: if the source cannot be read.
    """
    events: dict[str, Event] = {}
    errors: list[EventError] = []
    repeated = keepalives = 0
    for line, told in read_lines(source):
        try:
            event = _event(told, line)
        except (LineError, ShapeError) as error:
            errors.append(EventError(line=line, event=None, text=str(error)))
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


def _event(told: object, line: int) -> Event | None:
    if isinstance(told, LineError):
        raise told
    return parse_event(told, line)

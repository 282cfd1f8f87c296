# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which entries an event triggers."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from models import Entry, Event

RETRY_CHANNEL = "retry"
NODE_CHANNEL = "node"

# The constants that tell most events apart. An event is looked up under its own values of these
# and under "any" for each, and what that gives is remembered: most events are alike in them.
_INDEXED = ("kind", "name", "state")
_ANY = object()


class _Condition:
    """The constants that one or more entries want of an event."""

    def __init__(self, constants: Mapping[str, Any]) -> None:
        self.constants = dict(constants)
        self.entries: list[tuple[int, Entry]] = []

    def holds(self, data: Mapping[str, Any]) -> bool:
        """Tell whether `data` has every constant, with an equal value."""
        return all(key in data and data[key] == value for key, value in self.constants.items())

    def fires(self, data: Mapping[str, Any]) -> bool:
        """Tell whether the event is a transition into the condition, or knows of none before.

        An update tells the node's previous state and result. If the condition held already
        then, this event is about something else.
        """
        if not self.holds(data):
            return False
        if data.get("op") != "updated" or "previous_state" not in data:
            return True
        before = {
            **data,
            "state": data["previous_state"],
            "result": data.get("previous_result"),
        }
        return not self.holds(before)


class EntryIndex:
    """The entries of a site, found by the constants of their events."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._buckets: dict[tuple[Any, ...], list[_Condition]] = {}
        self._asked: dict[tuple[Any, ...], list[_Condition]] = {}
        for position, entry in enumerate(entries):
            self._condition(entry).entries.append((position, entry))

    def triggered(self, event: Event) -> list[Entry]:
        """Return the entries that `event` triggers, in the order of the configuration.

        An event of channel `retry` triggers entries of channel `node` too.
        """
        data = event.data
        own = [_hashable(data[key]) if key in data else _ANY for key in _INDEXED]
        found = [
            entry
            for condition in self._bucket(event.channel, *own)
            if condition.fires(data)
            for entry in condition.entries
        ]
        return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]

    def _bucket(self, channel: str, *own: Any) -> list[_Condition]:
        """Return the conditions that an event with these values of the indexed keys can meet."""
        key = (channel, *own)
        if key not in self._asked:
            channels = {channel, NODE_CHANNEL} if channel == RETRY_CHANNEL else {channel}
            each = product(channels, *({value, _ANY} for value in own))
            self._asked[key] = [c for place in each for c in self._buckets.get(place, ())]
        return self._asked[key]

    def _condition(self, entry: Entry) -> _Condition:
        values = (_hashable(entry.event.get(key, _ANY)) for key in _INDEXED)
        bucket = self._buckets.setdefault((entry.channel, *values), [])
        for condition in bucket:
            if condition.constants == entry.event:
                return condition
        bucket.append(_Condition(entry.event))
        return bucket[-1]


def _hashable(value: Any) -> Any:
    """Return a value that equal values share, if need be one that says nothing of it."""
    try:
        hash(value)
    except TypeError:
        return type(value).__name__
    return value

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What KernelCI said, and the nodes it said it about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from models.base import Ours

# A node as the API returns it. It stays a dictionary: rules look up any key at any depth.
Node = dict[str, Any]


def utc(value: Any) -> datetime | None:
    """Return the time that a text in ISO 8601 says, UTC where it names no zone; None if none."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


class Event(Ours):
    """One event, whatever shape it came in.

    `id` is the API's id of the event or None; `data` is the event's own dictionary;
    `fingerprint` is a digest of channel and data, so that an event delivered again under a new
    id is recognised; `line` is where it stood in its file, counted from 1.
    """

    id: str | None
    channel: str
    timestamp: datetime | None
    data: dict[str, Any]
    fingerprint: str
    line: int | None = None


class EventError(Ours):
    """One event that could not be used, with its line or id."""

    line: int | None
    event: str | None
    text: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line is not None else f"event {self.event}"
        return f"{place}: {self.text}"


class Cursor(Ours):
    """How far the events of a source were read: all up to `position`, by the source's clock."""

    source: str
    position: datetime


class Batch(Ours):
    """The events of one cycle in the order they came, without those that came twice.

    `cursor` is where the next reading of their source begins, once these events are on disk.
    """

    events: tuple[Event, ...] = ()
    errors: tuple[EventError, ...] = ()
    repeated: int = 0
    keepalives: int = 0
    cursor: Cursor | None = None


class NodeLookup(Protocol):
    """Where nodes are looked up; each node is fetched at most once a cycle."""

    def expect(self, events: Sequence[Event]) -> None:
        """Learn that the nodes of these events are looked up next, to fetch them together."""

    def get(self, node_id: str) -> Node | None:
        """Return the node of that id, or None where there is none."""

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Tell whether a node of that name, tree, branch and `data.platform` was created.

        Only nodes created from `since` to `until`, both inclusive, count.
        """

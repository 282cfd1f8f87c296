# SPDX-License-Identifier: LGPL-2.1-or-later
"""All that the API remembers, and how it says no."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from threading import Condition
from typing import Any

Json = dict[str, Any]

# The first number that the recorded API gave to anything; the others follow it.
_FIRST = int("6b0511144e9326aebb858c5e", 16)


class Form(dict[str, str]):
    """A body that came as a form, and not as JSON."""


class Refusal(Exception):  # noqa: N818 - an answer, and not an error of the double's
    """An answer that says no, or only that something went wrong."""

    def __init__(self, status: int, detail: Any, key: str = "detail") -> None:
        super().__init__(f"{status}: {detail}")
        self.status, self.body = status, {key: detail}


@dataclass
class State:
    """Nodes, events and subscribers; whoever looks at them holds `changed`."""

    clock: Callable[[], datetime]
    nodes: dict[str, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    subscribers: dict[str, Json] = field(default_factory=dict)
    keys: dict[tuple[str, str], Any] = field(default_factory=dict)
    lists: dict[str, list[Json]] = field(default_factory=dict)
    passwords: dict[str, str | None] = field(default_factory=lambda: {"admin": "secret-of-admin"})
    telemetry: list[Json] = field(default_factory=list)
    listeners: list[Callable[[str, Json], None]] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)
    sequence: int = 0

    def __post_init__(self) -> None:
        self._ids = count(_FIRST)

    def new_id(self) -> str:
        """Return an id that nothing has yet."""
        return f"{next(self._ids):024x}"

    def next_sequence(self) -> int:
        """Return the number of the next event, which is given before the event is stored."""
        with self.changed:
            self.sequence += 1
            return self.sequence

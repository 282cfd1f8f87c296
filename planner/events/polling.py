# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events from an API's history, asked for again and again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import Batch, Cursor, EventError, utc
from planner.events.batch import gather
from planner.events.shapes import NODE_CHANNEL
from planner.kernelci import Api

log = logging.getLogger(__name__)

CHANNELS = (NODE_CHANNEL, "retry")
KEPT = timedelta(days=7)  # by the API, which forgets what is older

# An event gets its time before it is stored, so one may appear behind another that is newer. What
# is read twice is recognised by its content.
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Polling:
    """Reads what `api` recorded since the last reading, and a little from before it.

    `lookback` is where the first reading begins; `timer` gives seconds by a clock that never
    jumps.
    """

    api: Api
    lookback: timedelta
    timer: Callable[[], float]

    def collect(self, position: datetime | None, now: datetime) -> Batch:
        """Return the events since `position`, oldest first, and the cursor that follows them.

        Raises:
            ApiError: if the API cannot be read.
        """
        items, cursor, errors = self.read(position, now)
        batch = gather((None, item) for item in items)
        return batch.model_copy(update={"errors": (*batch.errors, *errors), "cursor": cursor})

    def read(
        self, position: datetime | None, now: datetime
    ) -> tuple[list[dict[str, Any]], Cursor, tuple[EventError, ...]]:
        """Return the items of `/events` since `position`, the next cursor, and what is lost."""
        # Never from the future: a clock that was wrong for a while, ours or the API's, must not
        # hide what is recorded after it was put right.
        start = min(position or now - self.lookback, now)
        begun = self.timer()
        # Of what arrives while pages are read some may be skipped. It is younger than the
        # beginning of the reading, so the next one begins there.
        items = list(self.api.events(since=start - OVERLAP))
        took = timedelta(seconds=self.timer() - begun)
        times = [moment for item in items if (moment := utc(item.get("timestamp")))]
        reached = min(max(times, default=start) - took, now)
        cursor = Cursor(source=self.api.url, position=max(start, reached))
        ours = [item for item in items if (item.get("channel") or NODE_CHANNEL) in CHANNELS]
        ours.sort(key=_when)
        lost = _lost(position, now)
        return ours, cursor, (lost,) if lost else ()


def _when(item: dict[str, Any]) -> tuple[str, int]:
    number = item.get("sequence_id")
    return str(item.get("timestamp")), number if isinstance(number, int) else 0


def _lost(position: datetime | None, now: datetime) -> EventError | None:
    if position is None or now - position <= KEPT:
        return None
    text = f"the last that was read; the API keeps {KEPT.days} days, so later ones may be gone"
    return EventError(line=None, event=f"of {position:%Y-%m-%d %H:%M} UTC", text=text)

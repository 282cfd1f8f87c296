# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events from an API's pub/sub, which keeps them for us while we are away.

Three things that it does not promise make up most of this module. It hands out at most 1,000
events of what was missed, and acknowledges the rest unseen with the first newer one: so a
subscription is given up after that many. A listen that nobody waits for any more swallows an
event: so a subscription is given up after each that was broken or silent. And it counts events
before it stores them: one that is stored late, behind another that was acknowledged, never comes.
So the API's history is read too, once in a while and whenever it may have happened.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from models import Batch
from planner.events.batch import gather
from planner.events.polling import CHANNELS, Polling
from planner.kernelci import Api, ApiError, UnreachableError

log = logging.getLogger(__name__)

MISSED_AT_MOST = 1000  # events that one subscription catches up with
NET = timedelta(hours=1)  # between two readings of the history

_BREAKS = 3  # broken listens after which the API is left alone


class _End(Enum):
    """Why a subscription was given up."""

    DRY = auto()  # nothing more came
    FULL = auto()  # it may have caught up with only a part of what was missed
    BROKEN = auto()
    ENOUGH = auto()  # more is there, for another time


@dataclass(frozen=True)
class Subscription:
    """Takes what `api` keeps for `subscriber`, with `net` for what pub/sub loses.

    A channel counts as dry after `quiet` seconds without an event, and is left for the next time
    after `longest` seconds.
    """

    api: Api
    net: Polling
    subscriber: str
    timer: Callable[[], float]
    quiet: float = 1.0
    longest: float = 60.0

    def collect(self, position: datetime | None, now: datetime, netted: datetime | None) -> Batch:
        """Return what came since the last time, with a cursor if the history was read for it.

        `position` is where the history was read to, `netted` when that was, None if it was not by
        this process: then what was acknowledged and never recorded has to be read again.

        Raises:
            ApiError: if the API cannot be used. What it handed out is then read again from its
                history, by a call without `netted`.
        """
        told: list[Any] = []
        smooth = [self._drain(channel, told) for channel in CHANNELS]
        if netted is not None and now - netted < NET and all(smooth):
            return gather((None, item) for item in told)
        items, cursor, errors = self.net.read(position, now)
        batch = gather((None, item) for item in (*items, *told))
        return batch.model_copy(update={"errors": (*batch.errors, *errors), "cursor": cursor})

    def _drain(self, channel: str, told: list[Any]) -> bool:
        """Add what waits in a channel; return whether nothing can have been passed over."""
        begun, breaks, smooth = self.timer(), 0, True
        while True:
            number = self.api.subscribe(channel, f"{self.subscriber}-{channel}")
            end = self._listen(number, told, begun + self.longest)
            # It goes by itself too, only later.
            with suppress(ApiError):
                self.api.unsubscribe(number)
            if end is _End.DRY:
                return smooth
            smooth = False
            if end is _End.ENOUGH:
                return smooth
            breaks += end is _End.BROKEN
            if breaks > _BREAKS:
                text = f"listening to channel {channel} broke {breaks} times"
                raise UnreachableError(self.api.url, text)

    def _listen(self, number: int, told: list[Any], until: float) -> _End:
        """Add what the subscription has; each event is acknowledged by asking for the next."""
        for _ in range(MISSED_AT_MOST):
            if self.timer() > until:
                return _End.ENOUGH
            try:
                said = self.api.listen(number, self.quiet)
            except UnreachableError as error:
                log.warning("%s", error)
                return _End.BROKEN
            except ApiError as error:
                if error.status != 404:
                    raise
                log.warning("%s", error)  # the API was started anew and knows no subscriptions
                return _End.BROKEN
            if said is None:
                return _End.DRY
            told.append(said)
        return _End.FULL

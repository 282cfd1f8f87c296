# SPDX-License-Identifier: LGPL-2.1-or-later
"""Subscriptions, with everything that the real ones do wrong.

A subscriber's state is the number of the last event that it acknowledged. A subscription hands
out what is missing since then, 1,000 events at most, and then what comes in the meantime; each
listen acknowledges what the one before handed out, whoever still waited for that.
"""

import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.kernelci.double.history import cloud_event
from tests.kernelci.double.state import Json, Refusal, State

MISSED_AT_MOST = 1000


class Gone(Exception):  # noqa: N818 - not an error: the server went while somebody listened
    """The server was started anew."""


@dataclass
class _Subscription:
    number: int
    channel: str
    user: str
    promiscuous: bool
    subscriber: str | None
    created: str
    last_poll: str | None = None
    missed: deque[Json] = field(default_factory=deque)
    live: deque[Json] = field(default_factory=deque)
    delivered: int | None = None

    def hear(self, channel: str, event: Json) -> None:
        """Take an event of everybody's."""
        if channel == self.channel:
            self.live.append(event)


class PubSub:
    """The subscriptions of one life of the server; subscribers outlive it."""

    def __init__(self, state: State, beep: float, first: int = 1) -> None:
        self._state, self.beep = state, beep
        self.number = first
        self._open: dict[int, _Subscription] = {}

    def subscribe(self, user: str, channel: str, query: dict[str, str]) -> Json:
        """Return a new subscription."""
        state, subscriber = self._state, query.get("subscriber_id")
        with state.changed:
            self.number += 1
            known = state.subscribers.get(subscriber or "")
            if known is not None and known["user"] != user:
                raise Refusal(500, "Internal server error, check container logs", "message")
            made = _Subscription(
                number=self.number,
                channel=channel,
                user=user,
                promiscuous=query.get("promisc") == "true",
                subscriber=subscriber,
                created=state.clock().isoformat(),
            )
            if not self._open:  # the timer of keep-alives starts, and with it the first one
                made.live.append(cloud_event(state, "BEEP", None, None))
            self._open[made.number] = made
            if subscriber is not None:
                made.missed.extend(self._missed(made, known))
            state.listeners.append(made.hear)
        told = {"id": made.number, "channel": channel, "user": user}
        return told | {"promiscuous": made.promiscuous}

    def _missed(self, made: _Subscription, known: Json | None) -> list[Json]:
        state = self._state
        if known is None:
            acked = {"user": made.user, "channel": made.channel, "acked": state.sequence}
            state.subscribers[made.subscriber or ""] = acked
            return []
        found = [
            event
            for event in state.events
            if event["channel"] == known["channel"] and event["sequence_id"] > known["acked"]
            if made.promiscuous or event["owner"] == made.user
        ]
        return sorted(found, key=lambda event: int(event["sequence_id"]))[:MISSED_AT_MOST]

    def unsubscribe(self, user: str, number: int) -> None:
        """End a subscription."""
        with self._state.changed:
            found = self._find(number)
            if found.user != user:
                raise Refusal(500, f"Subscription {number} not owned by {user}")
            self._state.listeners.remove(self._open.pop(number).hear)
            self._state.changed.notify_all()

    def listen(self, user: str, number: int) -> Json:
        """Return the next event, or a keep-alive, as soon as there is one."""
        state = self._state
        with state.changed:
            found = self._find(number)
            if found.user != user:
                text = f"Error while listening to sub id {number}: Subscription {number}"
                raise Refusal(500, f"{text} not owned by {user}")
            if found.subscriber is not None and found.delivered is not None:
                state.subscribers[found.subscriber]["acked"] = found.delivered
            found.last_poll = state.clock().isoformat()
            if found.missed:
                event = found.missed.popleft()
                found.delivered = event["sequence_id"]
                return _message(found, cloud_event(state, event["data"], event["owner"], None))
            return self._live(found)

    def _live(self, found: _Subscription) -> Json:
        state, begun = self._state, time.monotonic()
        while True:
            while found.live:
                event = found.live.popleft()
                found.delivered = event.get("_sequence_id", found.delivered)
                if found.promiscuous or event.get("owner", found.user) == found.user:
                    return _message(found, event)
            left = begun + self.beep - time.monotonic()
            if left <= 0:
                return _message(found, cloud_event(state, "BEEP", None, None))
            state.changed.wait(left)
            if self._open.get(found.number) is not found:
                raise Gone

    def close(self) -> None:
        """End every subscription, and cut off whoever listens."""
        with self._state.changed:
            self._open.clear()
            self._state.listeners.clear()
            self._state.changed.notify_all()

    def stats(self) -> list[Json]:
        """Return the subscriptions that are open."""
        return [
            {
                "id": s.number,
                "channel": s.channel,
                "user": s.user,
                "promiscuous": s.promiscuous,
                "created": s.created,
                "last_poll": s.last_poll,
            }
            for s in self._open.values()
        ]

    def _find(self, number: int) -> _Subscription:
        if number not in self._open:
            text = f"'Subscription {number} not found'"
            raise Refusal(404, f"Subscription id not found: {text}")
        return self._open[number]


def _message(found: _Subscription, event: Any) -> Json:
    return {
        "type": "message",
        "pattern": None,
        "channel": found.channel,
        "data": json.dumps(event),
    }

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Queues of labs that never were: who came first is served first, by whatever device is free."""

import heapq
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple


class Arrival(NamedTuple):
    """A job that comes to a queue: when, and how long it blocks its device (seconds).

    `idle` is what passes between the moment when it could start and the start.
    """

    at: float
    blocks: float
    idle: float


class Seen(NamedTuple):
    """When a job starts, and what the lab said of its queue when it came."""

    start: float
    queued: int
    running: int


def serve(arrivals: Iterable[Arrival], devices: int) -> list[Seen]:
    """Return what becomes of each arrival; they come in the order of their times."""
    free = [0.0] * devices
    waiting: deque[float] = deque()  # when those who wait get a device
    busy: list[float] = []
    found = []
    for one in arrivals:
        while waiting and waiting[0] <= one.at:
            waiting.popleft()
        while busy and busy[0] <= one.at:
            heapq.heappop(busy)
        begun = max(one.at, heapq.heappop(free))
        start = begun + one.idle
        # Devices of those who wait are busy with others until then.
        running = len(busy) - len(waiting)
        found.append(Seen(start, len(waiting), max(0, running)))
        heapq.heappush(free, start + one.blocks)
        heapq.heappush(busy, start + one.blocks)
        if begun > one.at:
            waiting.append(begun)
    return found

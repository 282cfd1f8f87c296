# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether a planner does its work, as an orchestrator wants to know it."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum

PATIENCE = 3  # cycles that may be missing before something is wrong
GRACE_S = 60.0  # a cycle may take that much longer than the time between two


class Role(StrEnum):
    """What a planner is doing."""

    STARTING = "starting"
    STANDBY = "standby"
    LEADING = "leading"


class Health:
    """What is known of a planner's life; any thread may ask. Seconds are of a steady clock.

    One that leads is well as long as its cycles end; a cycle that failed counts as ended if the
    next one goes well. A standby is well as long as it looks.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._role = Role.STARTING
        self._alive = clock()
        self._period = 0.0
        self._failure: str | None = None

    def waits(self) -> None:
        """Note that another planner leads, and that this one looked."""
        with self._lock:
            self._role, self._alive, self._period = Role.STANDBY, self._clock(), 0.0

    def leads(self, period: float) -> None:
        """Note that it leads, and does a cycle every `period` seconds."""
        with self._lock:
            if self._role is not Role.LEADING:
                self._alive = self._clock()
            self._role, self._period = Role.LEADING, period

    def ended(self) -> None:
        """Note the end of a cycle that went well."""
        with self._lock:
            self._alive, self._failure = self._clock(), None

    def failed(self, text: str) -> None:
        """Note why a cycle failed."""
        with self._lock:
            self._failure = text

    def state(self) -> dict[str, object]:
        """Return what to answer: whether it is well, its role, and why it is not."""
        with self._lock:
            silent = self._clock() - self._alive
            limit = PATIENCE * self._period + GRACE_S
            return {
                "well": silent <= limit,
                "role": str(self._role),
                "silent_s": round(silent, 1),
                "limit_s": round(limit, 1),
                "failure": self._failure,
            }

# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long the phases of a cycle take."""

from collections.abc import Callable
from dataclasses import dataclass, field

Timer = Callable[[], float]


@dataclass
class Stopwatch:
    """The seconds that each phase took, by a clock that never jumps."""

    timer: Timer
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._last = self.timer()

    def lap(self, phase: str) -> None:
        """Write down the time since the phase before ended."""
        now = self.timer()
        self.seconds[phase] = round(self.seconds.get(phase, 0.0) + now - self._last, 4)
        self._last = now

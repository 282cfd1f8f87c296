# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which labs and device types spoil runs, by a state that their last runs decide alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from models import HealthSettings
from planner.estimates.past import Past

PRIOR_RUNS = 6  # sound ones, which a place is taken to have had: one run does not decide
Slot = tuple[str, str | None]  # a runtime, and a device type of it or all of them


class State(IntEnum):
    """How a lab or device type is treated; each state is worse than the one before."""

    SOUND = 0
    DEAR = 1  # its runs count as likely to be repeated
    PROBED = 2  # it gets a few runs a cycle
    OUT = 3  # it gets one run now and then


@dataclass(frozen=True)
class Condition:
    """The state of a lab or device type, and what of its last runs it spoiled.

    `changes` counts how often the state changed. In OUT it gets a run `rest_s` seconds after
    `last`, when its last run ended (POSIX seconds).
    """

    state: State = State.SOUND
    share_permille: int = 0
    changes: int = 0
    last: float = 0.0
    rest_s: int = 0

    def admits(self, settings: HealthSettings, now: float, under_way: int) -> int | None:
        """Return how many more runs it gets now, None where its health limits nothing."""
        if self.state < State.PROBED:
            return None
        due = self.state is not State.OUT or now >= self.last + self.rest_s
        allowed = settings.probes if self.state is State.PROBED else int(due)
        return max(0, allowed - under_way)

    def text(self, name: str) -> str:
        """Return the condition as a sentence."""
        how = {State.DEAR: "counts as dear", State.PROBED: "gets a few runs a cycle"}.get(
            self.state, f"is left out but for a run every {self.rest_s} s"
        )
        return f"{name} {how}: it spoiled {self.share_permille / 10:.0f} % of its last runs"


def judge(runs: Iterable[tuple[float, bool]], settings: HealthSettings) -> Condition:
    """Return the condition after `runs`: when each ended, and whether the place spoiled it.

    Only a spoiled run makes a state worse and only a sound one makes it better, each by its own
    threshold, so that a constant share settles in one state.
    """
    fade = 0.5 ** (1 / settings.half_life)
    worse = (0, settings.dear, settings.probe, settings.out)
    state, changes, failures = State.SOUND, 0, 0
    seen = bad = share = 0.0
    told = sorted(runs)
    for _, spoiled in told:
        seen, bad = seen * fade + 1, bad * fade + spoiled
        share = 1000 * bad / (seen + PRIOR_RUNS)
        before = state
        while spoiled and state < State.OUT and share >= worse[state + 1]:
            state = State(state + 1)
        while not spoiled and state and share < worse[state] * settings.recover_percent / 100:
            state = State(state - 1)
        changes += state is not before
        failures = failures + 1 if spoiled and before is State.OUT else 0
    rest = min(settings.rest << min(failures, 20), settings.rest_most)
    return Condition(state, round(share), changes, told[-1][0] if told else 0.0, rest)


class Health:
    """The conditions of all labs and device types that spoiled a run of the past."""

    def __init__(self, past: Past, settings: HealthSettings) -> None:
        ended = -past.age
        slots: dict[Slot, list[int]] = {}
        one_by_one = past.runs == 1
        for at in np.flatnonzero(one_by_one).tolist():
            runtime, device_type = past.runtime[at], past.device_type[at]
            slots.setdefault((runtime, None), []).append(at)
            slots.setdefault((runtime, device_type), []).append(at)
        self._known = {
            slot: judge(zip(ended[of].tolist(), past.failed[of].tolist(), strict=True), settings)
            for slot, of in slots.items()
            if past.failed[of].any()
        }

    def of(self, runtime: str, device_type: str | None = None) -> Condition:
        """Return the condition of a lab, or of one device type there; `last` is before now."""
        return self._known.get((runtime, device_type), Condition())

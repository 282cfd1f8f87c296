# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which labs and device types spoil runs, by a state that their last runs decide alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from models import HealthSettings
from planner.estimates.past import Past
from planner.estimates.quantiles import Ints, ascending, by_number

# Sound ones, which a place is taken to have had before its first: one run does not decide. They
# fade as all runs do, or else the share of a place that spoils everything would never say so.
PRIOR_RUNS = 6
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


_UNKNOWN = Condition()


def judge(runs: Iterable[tuple[float, bool]], settings: HealthSettings) -> Condition:
    """Return the condition after `runs`: when each ended, and whether the place spoiled it.

    Only a spoiled run makes a state worse and only a sound one makes it better, each by its own
    threshold, so that a constant share settles in one state.
    """
    told = sorted(runs)
    spoiled = np.array([bad for _, bad in told], dtype=np.bool_)
    fading = _Fading.of(settings, len(spoiled))
    return _judged(spoiled, told[-1][0] if told else 0.0, settings, fading)


class _Fading(NamedTuple):
    """What is left of a run that so many followed, and what all up to each run weigh at it."""

    left: list[float]
    seen: list[float]

    @classmethod
    def of(cls, settings: HealthSettings, runs: int) -> Self:
        """Return these of as many runs."""
        fade: float = 0.5 ** (1 / settings.half_life)
        left: list[float] = [fade**number for number in range(runs + 1 + PRIOR_RUNS)]
        return cls(left, [(1 - rest) / (1 - fade) for rest in left[1 + PRIOR_RUNS :]])


def _judged(
    spoiled: NDArray[np.bool_], last: float, settings: HealthSettings, fading: _Fading
) -> Condition:
    """Return the condition after runs in their order, of which the last ended at that time."""
    left, seen = fading
    worse = (0, settings.dear, settings.probe, settings.out)
    better = [permille * settings.recover_percent / 100 for permille in worse]
    state = State(0)
    was, changes, failures = state, 0, 0
    bad, before = 0.0, -1  # how much is left of what was spoiled, up to the last such run

    def share(at: int) -> float:
        return 1000 * bad * left[at - before] / seen[at]

    for at in (*np.flatnonzero(spoiled).tolist(), len(spoiled)):
        sound = range(before + 1, at)
        for one in sound:
            if state is State.SOUND:
                break  # nothing can become better, and most runs are such
            was = state
            while state and share(one) < better[state]:
                state = State(state - 1)
            changes += state is not was
        failures = 0 if sound else failures
        if at == len(spoiled):
            break
        bad, before = bad * left[at - before] + 1, at
        was = state
        while state < State.OUT and share(at) >= worse[state + 1]:
            state = State(state + 1)
        changes += state is not was
        failures = failures + 1 if was is State.OUT else 0
    rest = min(settings.rest << min(failures, 20), settings.rest_most)
    permille = round(share(len(spoiled) - 1)) if len(spoiled) else 0
    return Condition(state, permille, changes, last, rest)


class Health:
    """The conditions of all labs and device types that spoiled a run of the past."""

    def __init__(self, past: Past, settings: HealthSettings) -> None:
        single = np.flatnonzero(past.runs == 1)
        single = single[ascending(-past.age[single], past.failed[single])]
        lab, device = past.runtime.at[single], past.device_type.at[single]
        self._fading = _Fading.of(settings, int(np.bincount(lab).max(initial=0)))
        self._known: dict[Slot, Condition] = {}
        self._judge(past, settings, single, lab, lambda at: (past.runtime[at], None))
        both = lab * len(past.device_type.different) + device
        self._judge(
            past, settings, single, both, lambda at: (past.runtime[at], past.device_type[at])
        )

    def _judge(
        self,
        past: Past,
        settings: HealthSettings,
        runs: Ints,
        group: Ints,
        name: Callable[[int], Slot],
    ) -> None:
        """Add the conditions of groups of `runs`, in their order, with a spoiled one among them."""
        order = by_number(group, int(group.max(initial=0)) + 1)
        runs, group = runs[order], group[order]
        failed = past.failed[runs]
        begin = np.flatnonzero(np.diff(group, prepend=-1))
        for first, end in pairwise((*begin.tolist(), len(runs))):
            if failed[first:end].any():
                last = -float(past.age[runs[end - 1]])
                self._known[name(int(runs[first]))] = _judged(
                    failed[first:end], last, settings, self._fading
                )

    def of(self, runtime: str, device_type: str | None = None) -> Condition:
        """Return the condition of a lab, or of one device type there; `last` is before now."""
        return self._known.get((runtime, device_type), _UNKNOWN)

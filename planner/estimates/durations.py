# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long runs last: medians and spreads of groups, each leaning on the more general one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models import Learning
from planner.estimates import ladder
from planner.estimates.ladder import Declaration
from planner.estimates.quantiles import Floats, Groups, Ints

# From the most general to the most specific, as `Relatives.by_job` gives them.
RUNGS = (
    "kind",
    "job family",
    "job",
    "job x arch",
    "job x mach",
    "job x platform",
    "job x platform x runtime",
)
# What happened elsewhere does not outweigh what is declared of a more specific group.
_FIRST_RUNG = {
    ladder.DEFAULT: RUNGS.index("kind"),
    ladder.KIND: RUNGS.index("kind"),
    ladder.JOB: RUNGS.index("job"),
    ladder.PLATFORM: RUNGS.index("job x platform"),
    ladder.SIGNATURE: RUNGS.index("job x platform x runtime"),
}

# The next run exceeds the longest of n in one case of n + 1, so few runs do not show their p90:
# up to this share of them is taken for it.
_HIGH = 0.93
# By how much a signature that never ran may be farther off than its relatives are from each other.
_STRANGER = 0.2


@dataclass(frozen=True)
class _Level:
    """The groups of one rung: the weight of their runs, median and spread of log durations."""

    key: Ints
    runs: Floats
    median: Floats
    spread: Floats

    def look_up(self, key: Ints) -> tuple[Floats, Floats, Floats]:
        """Return runs, median and spread of these groups; nothing but zeros of unknown ones."""
        if not len(self.key):
            nothing = np.zeros(len(key))
            return nothing, nothing, nothing
        at = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        known = self.key[at] == key
        runs, median, spread = (
            np.where(known, column[at], 0.0) for column in (self.runs, self.median, self.spread)
        )
        return runs, median, spread


class Durations:
    """What runs of the past say of the durations of others.

    `logs` are logarithms of seconds, `weights` how much each run counts, `keys` their groups on
    each rung.
    """

    def __init__(
        self, logs: Floats, weights: Floats, keys: tuple[Ints, ...], learning: Learning
    ) -> None:
        self._prior = float(learning.prior_runs)
        self._declared_spread = float(np.log(learning.declared_p90 / 100))
        # A signature that runs all the time is not all that its relatives can tell.
        _, of = np.unique(keys[-1], return_inverse=True)
        often = np.bincount(of, weights) if len(logs) else np.zeros(0)
        shared = weights * np.minimum(1.0, self._prior / often[of])
        own = len(RUNGS) - 1
        self._levels = [
            _level(logs, weights, weights if rung == own else shared, key)
            for rung, key in enumerate(keys)
        ]

    def of(
        self, keys: tuple[Ints, ...], declared: Sequence[Declaration]
    ) -> tuple[Ints, Ints, list[str]]:
        """Return median, p90 (both in seconds) and rung of runs in the groups `keys`.

        The rung is the one whose word counts most in the median.
        """
        first = np.array([_FIRST_RUNG[one.rung] for one in declared], dtype=np.int64)
        found = [level.look_up(key) for level, key in zip(self._levels, keys, strict=True)]
        middle = np.log(np.array([one.duration_s for one in declared], dtype=np.float64))
        spread = np.full(len(declared), self._declared_spread)
        word = [np.ones(len(declared))]
        for rung, (runs, median, wide) in enumerate(found):
            # The runs of the next more specific group speak there, and not twice.
            inner = found[rung + 1][0] if rung + 1 < len(found) else 0.0
            told = np.where(rung >= first, np.maximum(0.0, runs - inner), 0.0)
            share = told / (told + self._prior)
            middle += share * (median - middle)
            spread += share * (wide - spread)
            word = [*(before * (1 - share) for before in word), share]
        strange = self._prior / (self._prior + found[-1][0])
        spread *= 1 + _STRANGER * strange * (1 - word[0])
        limit = np.array(
            [np.inf if one.limit_s is None else one.limit_s for one in declared], dtype=np.float64
        )
        seconds = np.maximum(1.0, np.minimum(np.rint(np.exp(middle)), limit))
        long = np.maximum(seconds, np.minimum(np.rint(np.exp(middle + spread)), limit))
        loudest = len(RUNGS) - np.argmax(np.array(word)[::-1], axis=0)
        rungs = [
            one.rung if at == 0 else f"history of {RUNGS[at - 1]}"
            for at, one in zip(loudest.tolist(), declared, strict=True)
        ]
        return seconds.astype(np.int64), long.astype(np.int64), rungs


def _level(logs: Floats, weights: Floats, shared: Floats, key: Ints) -> _Level:
    known, group = np.unique(key, return_inverse=True)
    groups = Groups.of(logs, shared, group, len(known))
    median = groups.quantile(0.5)
    runs: Floats = np.bincount(group, weights, minlength=len(known)).astype(np.float64)
    high = np.minimum(_HIGH, 0.9 * (1 + 1 / np.maximum(runs, 1e-9)))
    return _Level(known, runs, median, groups.quantile(high) - median)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the pace of each runtime changed: what took long while a lab was slow is no longer so."""

import numpy as np
from numpy.typing import NDArray

from planner.estimates.nests import occurring
from planner.estimates.quantiles import Floats, Groups, Ints, by_number

BIN_S = 12 * 3600
BINS = 2 * 366  # what is older was at the pace of a year ago
ROUNDS = 3  # of telling apart what is usual for a signature and what the runtime added
MANY = 5  # runs of one bin are no outliers
SURPRISE = 3  # standard deviations: farther off, they are a change
_NORMAL = 1.4826  # a median absolute deviation times this is a standard deviation


class Drift:
    """The pace of each runtime, in steps of half a day back from now.

    `logs` are logarithms of seconds and `age` how many seconds ago each run ended; `signature`
    and `runtime` are numbers from 0. Rows that are not `single` runs are of many days: they show
    no pace, and had the oldest one that is known, or that of their age if it is younger.

    The pace of a runtime is a random walk of `per_day` (a standard deviation, in logarithms) and
    what its runs took beyond what is usual for their signature shows where it went: many runs
    soon, few runs late.
    """

    def __init__(
        self,
        logs: Floats,
        age: Floats,
        signature: Ints,
        runtime: Ints,
        single: NDArray[np.bool_],
        *,
        per_day: float,
    ) -> None:
        bins = int(min(age[single].max(initial=-1) // BIN_S + 1, BINS))
        self._runtime = runtime
        self._bin = np.minimum(age // BIN_S, max(0, bins - 1)).astype(np.int64)
        self.pace = np.zeros((int(runtime.max(initial=-1)) + 1, bins))
        if bins and per_day > 0:
            at = np.flatnonzero(single)
            step = per_day**2 * BIN_S / 86400
            self._learn(logs[at], signature[at], runtime[at], self._bin[at], step)

    def since(self, days: int) -> Floats:
        """Return how many times as long runs of each runtime take as they did `days` ago."""
        if not self.pace.size:
            return np.ones(len(self.pace))
        then = min(days * 86400 // BIN_S, self.pace.shape[1] - 1)
        ratio: Floats = np.exp(self.pace[:, 0] - self.pace[:, then])
        return ratio

    def _learn(self, logs: Floats, signature: Ints, runtime: Ints, when: Ints, step: float) -> None:
        often = np.bincount(signature)
        # A run says nothing of its runtime where nothing else says what is usual.
        says = 1 - 1 / often[signature]
        # By that, not by when they were told of, is who comes first among equals.
        order = by_number(often[signature], len(signature) + 1)
        logs, says, runtime, when = logs[order], says[order], runtime[order], when[order]
        used, of = occurring(signature[order], len(often))
        cells, inside = occurring(runtime * self.pace.shape[1] + when, self.pace.size)
        count = np.bincount(inside, says)
        says = np.maximum(says, 1e-9)
        for _ in range(ROUNDS):
            usual = Groups.of(logs - self.pace[runtime, when], None, of, len(used)).quantile(0.5)
            rest = logs - usual[of]
            middle = Groups.of(rest, says, inside, len(cells)).quantile(0.5)
            scatter = max(1e-3, _NORMAL * float(np.median(np.abs(rest - middle[inside]))))
            seen, runs = np.zeros(self.pace.size), np.zeros(self.pace.size)
            seen[cells], runs[cells] = middle, count
            shape = self.pace.shape
            self.pace = _smooth(seen.reshape(shape), runs.reshape(shape), scatter, step)

    def as_of_now(self, logs: Floats) -> Floats:
        """Return `logs` as if all had run at the pace that their runtimes have now."""
        if not self.pace.size:
            return logs
        since: Floats = self.pace[self._runtime, 0] - self.pace[self._runtime, self._bin]
        return logs + since


def _smooth(seen: Floats, runs: Floats, scatter: float, step: float) -> Floats:
    """Return the likeliest random walk (variance `step` a bin) through what was seen, row by row.

    Columns go back in time; `seen` are medians of that many `runs`, which scatter that much. Few
    runs move the walk by no more than is usual, many may make it jump.
    """
    # Forward from the oldest bin to now, then back (Kalman, Rauch-Tung-Striebel); a row a bin.
    seen, runs = seen.T.copy(), runs.T.copy()
    level, sure, steps = np.zeros_like(seen), np.zeros_like(seen), np.full_like(seen, step)
    before, certain = np.zeros(seen.shape[1]), np.zeros(seen.shape[1])
    precision, many = runs / scatter**2, runs >= MANY
    with np.errstate(divide="ignore"):
        error = 1 / precision
        for at in range(len(seen) - 1, -1, -1):
            certain = certain / (1 + certain * step)
            if runs[at].any():
                off = seen[at] - before
                # Nothing surprises where nothing was known.
                usual = np.sqrt(1 / certain + error[at])
                change = many[at] & (np.abs(off) > SURPRISE * usual)
                if change.any():
                    steps[at, change] = off[change] ** 2
                    certain = np.where(change, certain / (1 + certain * off**2), certain)
                off = np.where(many[at], off, np.minimum(np.maximum(off, -usual), usual))
                certain = certain + precision[at]
                before = before + np.divide(
                    off * precision[at], certain, out=np.zeros_like(off), where=runs[at] > 0
                )
            level[at], sure[at] = before, certain
    # How much of the difference to the next bin belongs to this one.
    share = 1 / (1 + sure[1:] * steps[:-1])
    for at in range(1, len(seen)):
        level[at] += share[at - 1] * (level[at - 1] - level[at])
    return level.T

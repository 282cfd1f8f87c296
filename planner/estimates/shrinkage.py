# SPDX-License-Identifier: LGPL-2.1-or-later
"""Medians and spreads of groups in groups, each leaning on the more general one."""

from dataclasses import dataclass

import numpy as np

from planner.estimates.nests import Nest, looked_up
from planner.estimates.quantiles import Floats, Groups, Ints, ascending

# The next run exceeds the longest of n in one case of n + 1, so few runs do not show their p90:
# up to this share of them is taken for it.
_HIGH = 0.93


@dataclass(frozen=True)
class Shrunk:
    """What was found: medians, spreads (p90 less median), and whose word counts how much.

    `words` has the weight of the start and of each rung, in the median, one row each. `weights` is
    what the runs of each rung weigh, and `samples` how many they are.
    """

    middle: Floats
    spread: Floats
    words: Floats
    weights: Floats
    samples: Floats


class Rungs:
    """Values in groups, from the most general rung to the most specific one.

    `weights` is how much each value counts, `nest` has its groups. Above the last rung
    `shared` weights count in medians and spreads, if they are given. Each value is one sample, or
    as many as `samples` says.
    """

    def __init__(
        self,
        values: Floats,
        weights: Floats,
        nest: Nest,
        *,
        prior: float,
        shared: Floats | None = None,
        samples: Ints | None = None,
    ) -> None:
        self._prior = prior
        # The runs come in the order of their times, so equal values of equal shares have one.
        order = ascending(values) if shared is None else ascending(values, shared)
        values, weights = values[order], weights[order]
        above = weights if shared is None else shared[order]
        counted = np.ones(len(values)) if samples is None else samples[order]
        heard = [above] * (len(nest.of) - 1) + [weights]
        self._levels: list[_Level] = []
        groups = Groups.none()
        for part in nest.parts(order):
            done = len(self._levels)
            some = np.array(heard[done : done + len(part.of)])
            groups = Groups.of_ascending(values, some, part.of, len(part.key), after=groups)
            median = groups.quantile(0.5)
            runs = part.sums(weights)
            high = np.minimum(_HIGH, 0.9 * (1 + 1 / np.maximum(np.concatenate(runs), 1e-9)))
            spread = groups.quantile(high) - median
            columns = map(part.rungs, (part.key, median, spread))
            levels = zip(*columns, runs, part.sums(counted), strict=True)
            self._levels += [_Level(*level) for level in levels]

    def overall(self) -> tuple[float, float, float]:
        """Return median, spread and runs of the first group of the first rung; 0 without any."""
        first = self._levels[0]
        if not len(first.runs):
            return 0.0, 0.0, 0.0
        return float(first.median[0]), float(first.spread[0]), float(first.runs[0])

    def descend(
        self, keys: tuple[Ints, ...], middle: Floats, spread: Floats, first: Ints | int = 0
    ) -> Shrunk:
        """Return what becomes of `middle` and `spread` on the way down, from the rung `first`."""
        found = [
            looked_up(level.key, (level.runs, level.median, level.spread, level.samples), key)
            for level, key in zip(self._levels, keys, strict=True)
        ]
        words = [np.ones(len(middle))]
        for rung, (runs, median, wide, _) in enumerate(found):
            # The runs of the next more specific group speak there, and not twice.
            inner = found[rung + 1][0] if rung + 1 < len(found) else 0.0
            told = np.where(rung >= first, np.maximum(0.0, runs - inner), 0.0)
            share = told / (told + self._prior)
            middle = middle + share * (median - middle)
            spread = spread + share * (wide - spread)
            words = [*(before * (1 - share) for before in words), share]
        weights, samples = (np.array([columns[at] for columns in found]) for at in (0, 3))
        return Shrunk(middle, spread, np.array(words), weights, samples)


@dataclass(frozen=True)
class _Level:
    """The groups of one rung: median and spread of values, weight and number of their runs."""

    key: Ints
    median: Floats
    spread: Floats
    runs: Floats
    samples: Floats

# SPDX-License-Identifier: LGPL-2.1-or-later
"""How likely a place spoils a run: shares of groups, each leaning on the more general one."""

import numpy as np
from numpy.typing import NDArray

from planner.estimates.quantiles import Floats, Ints


class Risks:
    """What runs of the past say of infrastructure failures of others.

    `keys` are the groups of the runs, from all of them to the signature.
    """

    def __init__(
        self,
        failed: NDArray[np.bool_],
        weights: Floats,
        keys: tuple[Ints, ...],
        prior_runs: int,
    ) -> None:
        self._prior = float(prior_runs)
        self._levels = [_counted(failed, weights, key) for key in keys]

    def of(self, keys: tuple[Ints, ...]) -> Ints:
        """Return the risk of runs in the groups `keys`, in thousandths; 0 if nothing is known."""
        found = [_look_up(level, key) for level, key in zip(self._levels, keys, strict=True)]
        risk = np.zeros(len(keys[0]))
        for rung, (runs, failures) in enumerate(found):
            inner = found[rung + 1] if rung + 1 < len(found) else (0.0, 0.0)
            others = np.maximum(0.0, runs - inner[0])
            spoiled = np.clip(failures - inner[1], 0.0, others)
            risk = (spoiled + self._prior * risk) / (others + self._prior)
        return np.rint(1000 * risk).astype(np.int64)


def _counted(failed: NDArray[np.bool_], weights: Floats, key: Ints) -> tuple[Ints, Floats, Floats]:
    known, group = np.unique(key, return_inverse=True)
    runs, failures = (
        np.bincount(group, counted, minlength=len(known)).astype(np.float64)
        for counted in (weights, weights * failed)
    )
    return known, runs, failures


def _look_up(level: tuple[Ints, Floats, Floats], key: Ints) -> tuple[Floats, Floats]:
    known, runs, failures = level
    if not len(known):
        return np.zeros(len(key)), np.zeros(len(key))
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    hit = known[at] == key
    return np.where(hit, runs[at], 0.0), np.where(hit, failures[at], 0.0)

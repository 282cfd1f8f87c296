# SPDX-License-Identifier: LGPL-2.1-or-later
"""How queues drain: what came of the waits that their lengths promised."""

from typing import NamedTuple

import numpy as np

from planner.estimates.nests import Nest, looked_up
from planner.estimates.quantiles import Flags, Floats, Ints
from planner.estimates.shrinkage import Rungs

# A wait is as uncertain as if its queue were longer by so much.
SHORT_S = 1800
_ODD = 20.0  # so many times slower or faster than promised is an oddity


class Drain(NamedTuple):
    """Of each queue: what waits are of what is promised.

    Half of them are no more than `usual`, all together are `mean`, and nine in ten are no more than
    `usual` and `beyond` of a promise that is `SHORT_S` longer.
    """

    usual: Floats
    mean: Floats
    beyond: Floats


class Drains:
    """What the runs of the past say of it, by the groups of one ladder.

    `promised` and `waited` are seconds, both without what passes before a start on an idle device;
    `these` are the runs that were promised a wait, and `nest` has the groups of all.
    """

    def __init__(
        self,
        promised: Floats,
        waited: Floats,
        weights: Floats,
        nest: Nest,
        these: Flags,
        prior: float,
    ) -> None:
        promised, waited, weights = promised[these], waited[these], weights[these]
        nest = nest.where(these)
        self._prior = prior
        ratio = np.clip(np.maximum(1.0, waited) / promised, 1 / _ODD, _ODD)
        # A promise of a few seconds says little of how fast a queue drains.
        sure = weights * promised / (promised + SHORT_S)
        self._usual = Rungs(np.log(ratio), sure, nest, prior=prior)
        self._keys = nest.rungs(nest.key)
        self._promised = nest.sums(weights * promised)
        self._waited = nest.sums(weights * promised * ratio)
        at = tuple(nest.key[row] for row in nest.of)
        late = (waited - self.usual(at) * promised) / (promised + SHORT_S)
        self._late = Rungs(late, weights, nest, prior=prior)

    def usual(self, keys: tuple[Ints, ...]) -> Floats:
        """Return what half of the waits are of their promises, at most."""
        none = np.zeros(len(keys[0]))
        found: Floats = np.exp(self._usual.descend(keys, none, none).middle)
        return found

    def of(self, keys: tuple[Ints, ...], spread: float) -> Drain:
        """Return how queues drain: where nothing was learned, as promised, `spread` beyond it."""
        none = np.zeros(len(keys[0]))
        late = self._late.descend(keys, none, none + spread)
        beyond = np.maximum(0.0, late.middle + late.spread)
        return Drain(self.usual(keys), self._mean(keys), beyond)

    def _mean(self, keys: tuple[Ints, ...]) -> Floats:
        """Return what all waits together are of all promises."""
        ratio = np.ones(len(keys[0]))
        prior = self._prior * SHORT_S  # as much is said by the more general rung
        levels = zip(self._keys, self._promised, self._waited, keys, strict=True)
        found = [looked_up(known, sums, key) for known, *sums, key in levels]
        for rung, (promised, waited) in enumerate(found):
            # The runs of the next more specific group speak there, and not twice.
            inner = found[rung + 1] if rung + 1 < len(found) else (0.0, 0.0)
            more = np.maximum(0.0, promised - inner[0])
            ratio = (np.maximum(0.0, waited - inner[1]) + prior * ratio) / (more + prior)
        return ratio

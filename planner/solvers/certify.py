# SPDX-License-Identifier: LGPL-2.1-or-later
"""From what a search saw to a proof that others can recompute."""

from collections.abc import Sequence

import numpy as np

from planner.plan.bound import Bounds
from planner.plan.proof import Leaf, Prices, Side
from planner.rules.model import Reached
from planner.solvers.corner import Corner, Relaxation
from planner.solvers.program import Floats

# Prices are small fractions, and what the solver adds to them is noise.
PART = 1 / 2520
# Weights between tiers are thousandths: a little more than needed, and still exact.
WEIGHTS = 1000


class Certifier:
    """Makes the leaves of a proof that no plan beats what was `reached`, tier by tier."""

    def __init__(self, relaxation: Relaxation, bounds: Bounds, reached: Sequence[Reached]) -> None:
        self._relaxation = relaxation
        self._bounds = bounds
        self._reached = list(reached)

    def leaf(self, box: tuple[Side, ...], corner: Corner, ray: Floats | None = None) -> Leaf:
        """Return prices for `box` from the corner of it, or of a box around it.

        With a `ray`, which proves that nothing at all is in the box, the first tier closes it.
        """
        own = [np.rint(prices / PART) * PART for prices in corner.prices]
        reduced = [
            self._relaxation.reduced(costs, prices)
            for costs, prices in zip(self._relaxation.costs, own, strict=False)
        ]
        found: list[Prices] = []
        for tier in range(len(own)):
            prices = self._tier(box, tier, own, reduced)
            if tier == 0 and ray is not None:
                prices = self._closed(box, prices, ray)
            found.append(prices)
            if self._beyond(box, tier, prices):
                break
        return Leaf(tuple(found))

    def _tier(
        self, box: tuple[Side, ...], tier: int, own: list[Floats], reduced: list[Floats]
    ) -> Prices:
        """Return the prices of one tier: its own, and as much of the earlier ones as it needs.

        Columns that an earlier tier keeps where they are may be worth moving for this one; the
        earlier tier has to weigh so much that they are not. That is exact where the earlier tier
        reached its bound. Where it did not, each unit that is missing costs its weight, and
        weighing less may prove more.
        """
        weights = np.zeros(tier)
        for earlier in reversed(range(tier)):
            needed = max(_needed(each, weights, tier, earlier) for each in (reduced, own))
            weights[earlier] = (np.ceil(needed * WEIGHTS) + (needed > 0)) / WEIGHTS
        prices = self._weighed(tier, own, weights)
        best = self._bound(box, tier, prices)
        for earlier in range(tier):
            for part in (*(0.25**step for step in range(1, 12)), 0.0):
                if best == self._reached[tier].value:
                    return prices
                less = weights.copy()
                less[earlier] *= part
                tried = self._weighed(tier, own, less)
                bound = self._bound(box, tier, tried)
                if bound is not None and (best is None or self._better(tier, bound, best)):
                    best, weights, prices = bound, less, tried
        return prices

    def _weighed(self, tier: int, own: list[Floats], weights: Floats) -> Prices:
        """Return the prices of a tier with so much of the earlier ones, in the tier's own sense."""
        total = own[tier].copy()
        for earlier, weight in enumerate(weights):
            total += weight * own[earlier]
        signs = np.array([self._sign(earlier) for earlier in range(tier)])
        return self._sign(tier) * np.concatenate((total, -weights * signs))

    def _sign(self, tier: int) -> float:
        return -1.0 if self._reached[tier].maximise else 1.0

    def _closed(self, box: tuple[Side, ...], prices: Prices, ray: Floats) -> Prices:
        """Return prices moved along `ray` until they say that nothing is left."""
        for step in range(0, 48, 3):
            moved = prices + self._sign(0) * 2.0**step * ray
            if self._beyond(box, 0, moved):
                return moved
        return prices

    def _bound(self, box: tuple[Side, ...], tier: int, prices: Prices) -> int | None:
        try:
            return self._bounds.in_box(box, prices, self._reached[tier], self._reached[:tier])
        except ValueError:
            # Too large to be added exactly: such prices prove nothing.
            return None

    def _beyond(self, box: tuple[Side, ...], tier: int, prices: Prices) -> bool:
        bound = self._bound(box, tier, prices)
        value = self._reached[tier].value
        return bound is not None and bound != value and self._better(tier, bound, value)

    def _better(self, tier: int, bound: int, other: int) -> bool:
        """Tell whether `bound` promises less than `other`: it proves more."""
        return bound < other if self._reached[tier].maximise else bound > other


def _needed(each: list[Floats], weights: Floats, tier: int, earlier: int) -> float:
    """Return the weight of `earlier` with which what it keeps is not worth moving for `tier`.

    `each` is the reduced cost of every column, or the price of every row, tier by tier.
    """
    keeps = np.abs(each[earlier]) > PART / 2
    for before in range(earlier):
        keeps &= np.abs(each[before]) <= PART / 2
    wanted = each[tier][keeps].copy()
    for between in range(earlier + 1, tier):
        wanted += weights[between] * each[between][keeps]
    kept = each[earlier][keeps]
    against = wanted * kept < 0
    return float((np.abs(wanted[against]) / np.abs(kept[against])).max(initial=0))

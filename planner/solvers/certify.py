# SPDX-License-Identifier: LGPL-2.1-or-later
"""From what a search saw to a proof that others can recompute."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.plan.bound import GRID, Bounds
from planner.plan.proof import Leaf, Prices, Side, sums
from planner.rules.model import Reached
from planner.solvers.corner import Corner, Relaxation
from planner.solvers.messages import Floats, Limits

# Prices are small fractions, and what the solver adds to them is noise.
PART = 1 / 2520
# Where rows weigh runs by what they take, prices are any fraction.
FINE = 1 / GRID
# Weights between tiers are thousandths: a little more than needed, and still exact.
WEIGHTS = 1000
# Less of an earlier tier, where its bound is not reached.
SHARES = (0.125, 0.0125, 0.0)


@dataclass(frozen=True)
class _Part:
    """A box with the prices of each tier in it, row by row, and the reduced costs they leave."""

    box: tuple[Side, ...]
    limits: Limits
    prices: list[Floats]
    reduced: list[Floats]

    @cached_property
    def moving(self) -> tuple[Floats, Floats, Floats]:
        """Return prices and reduced costs, tier by tier, and the least and most of row or column.

        Without those that no tier wants anywhere but at nothing: that is nearly all.
        """
        limits = self.limits
        least = _finite(np.concatenate((limits.row_lower, limits.column_lower)))
        most = _finite(np.concatenate((limits.row_upper, limits.column_upper)))
        tiers = zip(self.prices, self.reduced, strict=True)
        each = np.array([np.concatenate(tier) for tier in tiers])
        stays = (each.min(axis=0) >= 0) & (least == 0) | (each.max(axis=0) <= 0) & (most == 0)
        return each[:, ~stays], least[~stays], most[~stays]


class Certifier:
    """Makes the leaves of a proof that no plan beats what was `reached`, tier by tier.

    `found` are the bounds that each leaf proves, until one that closes it.
    """

    def __init__(
        self,
        relaxation: Relaxation,
        bounds: Bounds,
        reached: Sequence[Reached],
        anywhere: Sequence[Floats],
    ) -> None:
        self._relaxation = relaxation
        # Prices hold in every box; these serve where a box was not looked at in all tiers.
        self._anywhere = anywhere
        self._bounds = bounds
        self._part = FINE if bounds.model.weighed else PART
        self._reached = list(reached)
        self.found: list[list[int]] = []
        self._signs = np.array([-1.0 if tier.maximise else 1.0 for tier in reached])

    def leaf(self, box: tuple[Side, ...], corner: Corner, ray: Floats | None = None) -> Leaf:
        """Return prices for `box` from the corner of it, or of a box around it.

        With a `ray`, which proves that nothing at all is in the box, the first tier closes it.
        """
        # First of all: a box that nobody looked into may bring sums that have no row yet.
        limits = self._relaxation.within(box)
        unknown = self._anywhere[len(corner.prices) :]
        prices = [self._whole(own) for own in (*corner.prices, *unknown)]
        reduced = [
            self._relaxation.reduced(costs, own)
            for costs, own in zip(self._relaxation.costs, prices, strict=False)
        ]
        part = _Part(box, limits, prices, reduced)
        found: list[Prices] = []
        bounds: list[int] = []
        for tier in range(len(prices)):
            if tier == 0 and ray is not None:
                best, bound = self._closed(part, ray)
            else:
                best, bound = self._tier(part, tier)
            found.append(best)
            if bound is not None:
                bounds.append(bound)
            if self._beyond(tier, bound):
                break
        self.found.append(bounds)
        return Leaf(tuple(found))

    def _whole(self, prices: Floats) -> Floats:
        """Return prices of all rows that there are by now, without noise."""
        whole = np.zeros(self._relaxation.program.rows)
        whole[: len(prices)] = np.rint(prices / self._part) * self._part
        return whole

    def _tier(self, part: _Part, tier: int) -> tuple[Prices, int | None]:
        """Return the prices of one tier: its own, and as much of the earlier ones as it needs.

        With them comes the bound that they prove, None where they prove that nothing is there.

        Columns that an earlier tier keeps where they are may be worth moving for this one; the
        earlier tier has to weigh so much that they are not. That is exact where the earlier tier
        reached its bound. Where it did not, each unit that is missing costs its weight, and
        weighing less may prove more.
        """
        weights = np.zeros(tier)
        for earlier in reversed(range(tier)):
            needed = max(
                _needed(each, weights, tier, earlier) for each in (part.reduced, part.prices)
            )
            weights[earlier] = (np.ceil(needed * WEIGHTS) + (needed > 0)) / WEIGHTS
        prices = self._weighed(part, tier, weights)
        bound = self._bound(part.box, tier, prices)
        if not tier or bound == self._reached[tier].value or self._beyond(tier, bound):
            return prices, bound
        lighter = self._lighter(part, tier, weights)
        if lighter is weights:
            return prices, bound
        tried = self._weighed(part, tier, lighter)
        other = self._bound(part.box, tier, tried)
        if other is None or (bound is not None and self._better(tier, other, bound)):
            return tried, other
        return prices, bound

    def _lighter(self, part: _Part, tier: int, weights: Floats) -> Floats:
        """Return weights that prove more, as far as sums in doubles tell."""
        most = self._least(part, tier, weights)
        for earlier in range(tier):
            for share in SHARES:
                less = weights.copy()
                less[earlier] *= share
                least = self._least(part, tier, less)
                if least > most:
                    most, weights = least, less
        return weights

    def _least(self, part: _Part, tier: int, weights: Floats) -> float:
        """Return about the least that a tier costs in a part, by prices so weighed."""
        each, least, most = part.moving
        total, given = each[tier].copy(), 0.0
        for earlier, weight in enumerate(weights):
            total += weight * each[earlier]
            given += weight * self._signs[earlier] * self._reached[earlier].value
        return float((total * np.where(total > 0, least, most)).sum()) - given

    def _weighed(self, part: _Part, tier: int, weights: Floats) -> Prices:
        """Return the prices of a tier with so much of the earlier ones."""
        total = part.prices[tier].copy()
        for earlier, weight in enumerate(weights):
            total += weight * part.prices[earlier]
        return self._written(part.box, tier, total, -weights * self._signs[:tier])

    def _written(self, box: tuple[Side, ...], tier: int, prices: Floats, earlier: Floats) -> Prices:
        """Return prices as a leaf has them, in the tier's own sense."""
        rows = len(self._bounds.model.lower)
        added = [self._relaxation.sum_row(columns) for columns in sums(box)]
        return np.asarray(
            self._signs[tier] * np.concatenate((prices[:rows], earlier, prices[added]))
        )

    def _closed(self, part: _Part, ray: Floats) -> tuple[Prices, int | None]:
        """Return prices moved along `ray` until they say that nothing is left, and their bound."""
        moved = np.zeros_like(part.prices[0])
        moved[: len(ray)] = ray
        along = self._relaxation.reduced(np.zeros_like(part.reduced[0]), moved)
        reached = self._signs[0] * self._reached[0].value
        for far in 2.0 ** np.arange(0, 48, 3):
            total = part.prices[0] + far * moved
            if _left(part.limits, total, part.reduced[0] + far * along) <= reached:
                continue
            prices = self._written(part.box, 0, total, np.zeros(0))
            bound = self._bound(part.box, 0, prices)
            if self._beyond(0, bound):
                return prices, bound
        return self._tier(part, 0)

    def _bound(self, box: tuple[Side, ...], tier: int, prices: Prices) -> int | None:
        return self._bounds.in_box(box, prices, self._reached[tier], self._reached[:tier])

    def _beyond(self, tier: int, bound: int | None) -> bool:
        value = self._reached[tier].value
        return bound is None or (bound != value and self._better(tier, bound, value))

    def _better(self, tier: int, bound: int, other: int) -> bool:
        """Tell whether `bound` promises less than `other`: it proves more."""
        return bound < other if self._reached[tier].maximise else bound > other


def _left(limits: Limits, prices: Floats, reduced: Floats) -> float:
    """Return about the least that is possible within `limits`, as prices and reduced costs say."""
    at_rows = np.where(prices > 0, limits.row_lower, limits.row_upper)
    at_columns = np.where(reduced > 0, limits.column_lower, limits.column_upper)
    return float((prices * _finite(at_rows)).sum() + (reduced * at_columns).sum())


def _finite(limits: Floats) -> Floats:
    """Return limits with nothing where there is none."""
    return np.where(np.isfinite(limits), limits, 0)


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

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bound that prices prove, recomputed in plain numpy.

For any prices of the rows, no plan can beat the sum of what each row could fetch at its price
and what each column could then still gain (weak duality): good prices make the bound tight, bad
prices make it loose, none make it wrong. So nothing of a solver has to be trusted here. Prices are
rounded to a fixed fraction first, so that sums are whole numbers and exact.
"""

import math
from dataclasses import dataclass

import numpy as np

from planner.plan.proof import Prices, Proof, Side, leaves
from planner.problem.problem import Ints
from planner.rules import NO_LIMIT
from planner.rules.model import LinearModel, Reached

# Prices of such models are small fractions: every denominator up to ten divides this one.
GRID = 2_520_000
EXACT = float(1 << 53)  # whole numbers below this are exact in doubles
DOUBT = 2.0**-48  # of what is added beyond that: far more than a few dozen roundings lose


@dataclass(frozen=True)
class Bounds:
    """What the prices of a proof leave possible, tier by tier, over one linear model."""

    model: LinearModel

    def of(self, proof: Proof, costs: Ints, maximise: bool, reached: list[Reached]) -> int:
        """Return the best that the tier after `reached` can be in any plan that keeps those.

        `costs` is what one unit of each column adds to the tier.

        Raises:
            ValueError: if the prices do not go with the model.
        """
        tiers = [*reached, Reached(costs, maximise, 0)]
        best = None
        for leaf, limits in leaves(proof):
            if not leaf.prices:
                raise ValueError("a leaf without prices proves nothing")
            tier = min(len(reached), len(leaf.prices) - 1)
            bound = self.in_box(limits, leaf.prices[tier], tiers[tier], reached[:tier])
            if bound is None or (tier < len(reached) and _beyond(reached[tier], bound)):
                continue
            if tier < len(reached):
                raise ValueError(f"a leaf is not closed by its last tier: {bound}")
            best = bound if best is None else (max if maximise else min)(best, bound)
        if best is None:
            raise ValueError("the proof leaves no plan possible")
        return best

    def in_box(
        self, limits: tuple[Side, ...], prices: Prices, tier: Reached, reached: list[Reached]
    ) -> int | None:
        """Return the best that `tier` can be within `limits`; None where nothing fits in there."""
        lower, upper = np.zeros_like(self.model.columns.upper), self.model.columns.upper.copy()
        for column, low, high in limits:
            lower[column] = max(lower[column], lower[column] if low is None else low)
            upper[column] = min(upper[column], upper[column] if high is None else high)
        if (lower > upper).any():
            return None
        sign = 1 if tier.maximise else -1
        best = self._gain(sign * tier.costs, sign * prices, lower, upper, reached)
        # Every column is a whole number, so the tier is a multiple of what its costs share.
        unit = max(1, int(np.gcd.reduce(tier.costs, initial=0)))
        return sign * (best // (GRID * unit)) * unit

    def _gain(
        self, costs: Ints, prices: Prices, lower: Ints, upper: Ints, reached: list[Reached]
    ) -> int:
        """Return the most, in parts of `GRID`, that `costs` can reach between `lower` and `upper`.

        A price above zero is paid for the upper limit of its row, one below zero for the lower.
        """
        rows, columns, coefficients = self.model.entries
        fixed_row, fixed_column, fixed_coefficient, fixed_lower, fixed_upper = self.model.fixed(
            reached
        )
        row_lower = np.concatenate((self.model.lower, fixed_lower))
        row_upper = np.concatenate((self.model.upper, fixed_upper))
        price = _whole(prices, row_lower, row_upper)
        column = np.concatenate((columns, fixed_column))
        fixed_price = price[fixed_row + len(self.model.lower)]
        amount = np.concatenate((price[rows] * coefficients, fixed_price * fixed_coefficient))
        gain = GRID * costs - np.bincount(column, weights=amount, minlength=len(lower))
        gained = gain * np.where(gain > 0, upper, lower)
        fetched = price * np.where(price > 0, row_upper, np.where(price < 0, row_lower, 0))
        # Whole numbers add up exactly until they are too large for a double; what is lost beyond
        # that is no more than this.
        size = np.bincount(column, weights=np.abs(amount), minlength=len(lower))
        size += np.abs(GRID * costs)
        lost = float((np.where(size < EXACT, 0.0, size) * upper).sum())
        total = float(np.abs(gained).sum() + np.abs(fetched).sum())
        lost += 0.0 if total < EXACT else total
        best = math.fsum(gained.tolist()) + math.fsum(fetched.tolist())
        return math.floor(best) + math.ceil(lost * DOUBT)


def _whole(prices: Prices, lower: Ints, upper: Ints) -> Prices:
    """Return prices as whole parts of `GRID`, none where a row has no limit on that side.

    Raises:
        ValueError: if there is not one finite price a row.
    """
    if prices.shape != lower.shape or not np.isfinite(prices).all():
        raise ValueError(f"{prices.shape[0]} prices for {len(lower)} rows, or one not finite")
    whole = np.rint(prices * GRID)
    whole[(whole > 0) & (upper >= NO_LIMIT)] = 0
    whole[(whole < 0) & (lower <= -NO_LIMIT)] = 0
    return np.asarray(whole)


def _beyond(tier: Reached, bound: int) -> bool:
    """Tell whether `bound` is worse than what the tier reached."""
    return bound < tier.value if tier.maximise else bound > tier.value


def relative_gap(value: int, bound: int) -> float:
    """Return how far `value` is from `bound`, relative to the bound."""
    return 0.0 if value == bound else abs(bound - value) / max(1, abs(bound))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bound that prices prove, recomputed in plain numpy.

For any prices of the rows, no plan can beat the sum of what each row could fetch at its price
and what each column could then still gain (weak duality): good prices make the bound tight, bad
prices make it loose, none make it wrong. So nothing of a solver has to be trusted here.
"""

import math

import numpy as np

from planner.plan.plan import Prices
from planner.problem.problem import Ints
from planner.rules import NO_LIMIT
from planner.rules.model import LinearModel, Reached

# Sums of a few million products of doubles stay well within this, relative to their size.
ROUNDING = 1e-9


def certified_bound(
    model: LinearModel, costs: Ints, maximise: bool, prices: Prices, reached: list[Reached]
) -> int:
    """Return the best value of a tier that the prices leave possible, in whole units.

    `costs` is what one unit of each column adds to the tier; `prices` has one entry for each row
    of the model, then one for each of the tiers in `reached`.

    Raises:
        ValueError: if the prices do not go with the model.
    """
    rows, columns, coefficients = model.entries
    fixed_row, fixed_column, fixed_coefficient, fixed_lower, fixed_upper = model.fixed(reached)
    lower = np.concatenate((model.lower, fixed_lower))
    upper = np.concatenate((model.upper, fixed_upper))
    if prices.shape != lower.shape or not np.isfinite(prices).all():
        raise ValueError(f"{prices.shape[0]} prices for {len(lower)} rows, or one not finite")
    sign = 1.0 if maximise else -1.0
    # As a maximum: a price above zero is paid for the row's upper limit, one below for its lower.
    price = sign * prices
    price = np.where((price > 0) & (upper >= NO_LIMIT), 0.0, price)
    price = np.where((price < 0) & (lower <= -NO_LIMIT), 0.0, price)
    entry_row = np.concatenate((rows, fixed_row + len(model.lower)))
    entry_column = np.concatenate((columns, fixed_column))
    entry_coefficient = np.concatenate((coefficients, fixed_coefficient))
    paid = np.bincount(
        entry_column, weights=price[entry_row] * entry_coefficient, minlength=model.columns.size
    )
    gain = np.maximum(0.0, sign * costs - paid) * model.columns.upper
    limits = np.where(price > 0, price * upper, 0.0) + np.where(price < 0, price * lower, 0.0)
    best = float(gain.sum() + limits.sum())
    slack = ROUNDING * (1.0 + float(np.abs(gain).sum() + np.abs(limits).sum()))
    whole = math.floor(best + slack)
    return whole if maximise else -whole


def relative_gap(value: int, bound: int) -> float:
    """Return how far `value` is from `bound`, relative to the bound."""
    return 0.0 if value == bound else abs(bound - value) / max(1, abs(bound))

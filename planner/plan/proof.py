# SPDX-License-Identifier: LGPL-2.1-or-later
"""What proves a bound: prices of rows, and where a search split the problem in two.

A proof is a tree. Its leaves together hold every plan, because each split is between a whole
number and the next one; in each leaf, prices say how good a plan there can be at most. Whoever has
the rows can recompute that with a few additions (`planner.plan.bound`), whoever made the prices.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Prices = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Leaf:
    """Prices for one part of the problem, for each tier that can still matter there.

    `prices[k]` has the price of every row of the linear model, then of the tiers before tier k.
    A leaf with fewer prices than tiers is closed by its last one: all plans in it that keep the
    earlier tiers are worse in that tier, so that later tiers have nothing to look for.
    """

    prices: tuple[Prices, ...]


@dataclass(frozen=True)
class Split:
    """Two parts of the problem: `column` is at most `at`, or at least `at + 1`."""

    column: int
    at: int
    below: "Proof"
    above: "Proof"


Proof = Leaf | Split

# A column and the least and the most that it may be.
Side = tuple[int, int | None, int | None]


def leaves(proof: Proof) -> Iterator[tuple[Leaf, tuple[Side, ...]]]:
    """Yield each leaf with the limits of the splits above it, outermost first."""
    waiting: list[tuple[Proof, tuple[Side, ...]]] = [(proof, ())]
    while waiting:
        part, limits = waiting.pop()
        if isinstance(part, Leaf):
            yield part, limits
            continue
        waiting.append((part.above, (*limits, (part.column, part.at + 1, None))))
        waiting.append((part.below, (*limits, (part.column, None, part.at))))

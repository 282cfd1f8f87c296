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


# Some columns, and the least and the most that they may be together.
Side = tuple[tuple[int, ...], int | None, int | None]


@dataclass(frozen=True)
class Leaf:
    """Prices for one part of the problem, for each tier that can still matter there.

    `prices[k]` has the price of every row of the linear model, then of the tiers before tier k,
    then of the `sums` of the box.
    A leaf with fewer prices than tiers is closed by its last one: all plans in it that keep the
    earlier tiers are worse in that tier, so that later tiers have nothing to look for.
    """

    prices: tuple[Prices, ...]


@dataclass(frozen=True)
class Split:
    """Two parts of the problem: `columns` together are at most `at`, or at least `at + 1`."""

    columns: tuple[int, ...]
    at: int
    below: "Proof"
    above: "Proof"


Proof = Leaf | Split


def leaves(proof: Proof) -> Iterator[tuple[Leaf, tuple[Side, ...]]]:
    """Yield each leaf with the sides of the splits above it, outermost first."""
    waiting: list[tuple[Proof, tuple[Side, ...]]] = [(proof, ())]
    while waiting:
        part, sides = waiting.pop()
        if isinstance(part, Leaf):
            yield part, sides
            continue
        waiting.append((part.above, (*sides, (part.columns, part.at + 1, None))))
        waiting.append((part.below, (*sides, (part.columns, None, part.at))))


def sums(box: tuple[Side, ...]) -> dict[tuple[int, ...], tuple[int | None, int | None]]:
    """Return the narrowest limits of each sum of several columns, in the order of the box."""
    found: dict[tuple[int, ...], tuple[int | None, int | None]] = {}
    for columns, low, high in box:
        if len(columns) > 1:
            lows, highs = zip(found.get(columns, (None, None)), (low, high), strict=True)
            found[columns] = (
                max((limit for limit in lows if limit is not None), default=None),
                min((limit for limit in highs if limit is not None), default=None),
            )
    return found

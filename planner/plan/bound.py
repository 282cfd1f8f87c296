# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bound that prices prove, recomputed in plain numpy.

For any prices of the rows, no plan can beat the sum of what each row could fetch at its price
and what each column could then still gain (weak duality): good prices make the bound tight, bad
prices make it loose, none make it wrong. So nothing of a solver has to be trusted here. Prices are
rounded to a fixed fraction first, so that sums are whole numbers and exact.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.plan.plan import Plan
from planner.plan.proof import Leaf, Prices, Proof, Side, leaves, sums
from planner.problem import Problem, kinds, merge
from planner.problem.problem import Ints
from planner.rules import GOALS, NO_LIMIT, RULES, Columns, once
from planner.rules.model import LinearModel, Reached

# Prices of such models are small fractions: every denominator up to ten divides this one.
GRID = 2_520_000
EXACT = float(1 << 53)  # whole numbers below this are exact in doubles
LARGE = float(1 << 62)  # so are those below this in 64 bits
HALF = 31  # bits: a few billion numbers of so many add up in 64
LOW = (1 << HALF) - 1
DOUBT = 2.0**-48  # of what is added beyond that: far more than a few dozen roundings lose


@dataclass(frozen=True)
class Bounds:
    """What the prices of a proof leave possible, tier by tier, over one linear model."""

    model: LinearModel

    def each(self, proof: Proof, reached: list[Reached]) -> list[int]:
        """Return for each tier the best that it can be in a plan that keeps the tiers before it.

        Raises:
            ValueError: if the prices do not go with the model, or do not prove what they claim.
        """
        return overall(reached, (self._leaf(leaf, box, reached) for leaf, box in leaves(proof)))

    def _leaf(self, leaf: Leaf, box: tuple[Side, ...], reached: list[Reached]) -> Iterator[int]:
        """Yield the bound of each tier in one leaf, until a tier closes the leaf."""
        for position, prices in enumerate(leaf.prices):
            bound = self.in_box(box, prices, reached[position], reached[:position])
            if bound is None:
                return
            yield bound
            if _beyond(reached[position], bound):
                return
        if len(leaf.prices) < len(reached):
            raise ValueError("a leaf is not closed by its last prices")

    def in_box(
        self, box: tuple[Side, ...], prices: Prices, tier: Reached, reached: list[Reached]
    ) -> int | None:
        """Return the best that `tier` can be within `box`; None where nothing fits in there."""
        lower, upper = np.zeros_like(self.model.columns.upper), self.model.columns.upper.copy()
        for columns, low, high in box:
            if len(columns) == 1:
                column = columns[0]
                lower[column] = max(lower[column], lower[column] if low is None else low)
                upper[column] = min(upper[column], upper[column] if high is None else high)
        if (lower > upper).any():
            return None
        sign = 1 if tier.maximise else -1
        rows = _Rows.of(self.model, reached, box)
        best = _most(sign * tier.costs, rows, sign * prices, lower, upper)
        # Every column is a whole number, so the tier is a multiple of what its costs share.
        bound = sign * (best // (GRID * tier.unit)) * tier.unit
        # Whatever the prices say: where everything only adds, nothing is beyond its limits.
        if (tier.costs >= 0).all():
            better, limit = (min, upper) if tier.maximise else (max, lower)
            total = float((tier.costs * limit.astype(float)).sum())
            bound = better(bound, int(total)) if total < EXACT else bound
        return bound


def overall(reached: Sequence[Reached], found: Iterable[Iterable[int]]) -> list[int]:
    """Return for each tier the best of what was `found` for it, leaf by leaf.

    Raises:
        ValueError: if a tier was found in no leaf.
    """
    best: list[int | None] = [None] * len(reached)
    for bounds in found:
        for position, bound in enumerate(bounds):
            known, better = best[position], max if reached[position].maximise else min
            best[position] = bound if known is None else better(known, bound)
    proven = [bound for bound in best if bound is not None]
    if len(proven) < len(reached):
        raise ValueError("the prices leave no plan possible")
    return proven


@dataclass(frozen=True)
class _Rows:
    """The rows of a model, of the tiers that were reached, and of `sums` of columns."""

    model: LinearModel
    reached: list[Reached]
    sums: tuple[tuple[int, ...], ...]
    lower: Ints
    upper: Ints

    @classmethod
    def of(cls, model: LinearModel, reached: list[Reached], box: tuple[Side, ...]) -> "_Rows":
        """Return the rows that hold in `box` for a plan that keeps what was `reached`."""
        added = sums(box)
        limits = (*(tier.limits for tier in reached), *added.values())
        low = [-NO_LIMIT if low is None else low for low, _ in limits]
        high = [NO_LIMIT if high is None else high for _, high in limits]
        return cls(
            model,
            reached,
            tuple(added),
            np.concatenate((model.lower, np.array(low, dtype=np.int64))),
            np.concatenate((model.upper, np.array(high, dtype=np.int64))),
        )

    def amounts(self, price: Prices) -> tuple[Ints, Prices]:
        """Return column and amount of each entry of the model whose row has a price: few have."""
        row, column, coefficient = self.model.entries
        here = np.flatnonzero((price != 0)[row])
        return column[here], price[row[here]] * coefficient[here]

    def paid(
        self,
        price: Prices,
        amounts: tuple[Ints, Prices],
        part: Callable[[Prices], Prices] = np.positive,
    ) -> Prices:
        """Return what each column pays in all its rows, of which each is made a `part` first.

        `amounts` are what it is in rows of the model; in others it follows from `price`.
        """
        column, amount = amounts
        total = np.bincount(column, part(amount), minlength=self.model.columns.size).astype(float)
        others = price[len(self.model.lower) :]
        for each, tier in zip(others, self.reached, strict=False):
            if each:
                total += part(each * tier.costs)
        for each, columns in zip(others[len(self.reached) :], self.sums, strict=True):
            total[list(columns)] += part(each)
        return total

    def largest(self, price: Prices, amount: Prices) -> float:
        """Return what no column pays more than, nor any part of what it pays."""
        others = np.abs(price[len(self.model.lower) :])
        times = [tier.largest for tier in self.reached] + [1] * len(self.sums)
        return _size(amount) * self.model.most_rows + float((others * times).sum())


def _size(values: Prices | Ints) -> float:
    """Return how far from zero the values go."""
    return max(float(values.max(initial=0)), -float(values.min(initial=0)))


def _most(costs: Ints, rows: _Rows, prices: Prices, lower: Ints, upper: Ints) -> int:
    """Return the most, in parts of `GRID`, that `costs` can reach between `lower` and `upper`.

    A price above zero is paid for the upper limit of its row, one below zero for the lower.
    """
    price = _whole(prices, rows.lower, rows.upper)
    amounts = rows.amounts(price)
    gain = GRID * costs - rows.paid(price, amounts)
    each = np.concatenate((gain, price))
    times = np.concatenate(
        (np.where(gain > 0, upper, lower), np.where(price > 0, rows.upper, rows.lower))
    )
    # Few rows have a price, and few columns are worth anything at such prices.
    some = np.flatnonzero((each != 0) & (times != 0))
    each, times = each[some], times[some]
    exact = rows.largest(price, amounts[1]) + GRID * _size(costs) < EXACT
    if exact and _size(each) < LARGE:
        return _products(each.astype(np.int64), times)
    parts = each * times
    # Whole numbers add up exactly until they are too large for a double; what is lost beyond
    # that is no more than this.
    size = rows.paid(price, amounts, np.abs) + np.abs(GRID * costs)
    lost = float((np.where(size < EXACT, 0.0, size) * upper).sum()) + float(np.abs(parts).sum())
    return math.floor(math.fsum(parts.tolist())) + math.ceil(lost * DOUBT)


def _products(each: Ints, times: Ints) -> int:
    """Return the exact sum of what each is so many times, whatever that adds up to."""
    # So many are a few: all that earlier tiers reached.
    many = np.flatnonzero(np.abs(times) >> HALF)
    total: int = sum(a * b for a, b in zip(each[many].tolist(), times[many].tolist(), strict=True))
    few = times.copy()
    few[many] = 0
    return total + (_sum((each >> HALF) * few) << HALF) + _sum((each & LOW) * few)


def _sum(parts: Ints) -> int:
    """Return the exact sum, which may be larger than any of its parts can be."""
    return (int((parts >> HALF).sum()) << HALF) + int((parts & LOW).sum())


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


def model_of(problem: Problem, plan: Plan) -> LinearModel:
    """Return the linear model over whose rows the proof of `plan` has its prices."""
    classes = kinds(problem) if plan.kinds else merge(problem)
    return LinearModel.over(Columns.over(problem, classes), RULES, GOALS)


def reached_by(model: LinearModel, choice: Ints) -> list[Reached]:
    """Return what `choice` reaches in each tier of the model's problem, measured run by run."""
    problem = model.columns.problem
    return [
        Reached(
            GOALS[tier].costs(model.columns),
            GOALS[tier].maximise,
            value,
        )
        for tier, value in zip(problem.tiers, _measured(problem, choice), strict=True)
    ]


@once
def _measured(problem: Problem, choice: Ints) -> tuple[int, ...]:
    return tuple(GOALS[tier].measure(problem, choice) for tier in problem.tiers)


def gap(reached: Sequence[Reached], bounds: Sequence[int]) -> float:
    """Return how far a plan may be from the best, relative to the bound; 0 if it is the best.

    Plans are compared tier by tier, so the first tier that is not at its bound tells. What later
    tiers could be depends on how much of that one is still open, and is said by their bounds.
    """
    for tier, bound in zip(reached, bounds, strict=True):
        if tier.value != bound:
            return relative_gap(tier.value, bound)
    return 0.0


def relative_gap(value: int, bound: int) -> float:
    """Return how far `value` is from `bound`, relative to the bound."""
    return 0.0 if value == bound else abs(bound - value) / max(1, abs(bound))

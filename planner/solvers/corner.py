# SPDX-License-Identifier: LGPL-2.1-or-later
"""The best point of the linear relaxation in all tiers, one after the other.

A tier is not fixed by a row of its own, which would be dense and would break the network: at the
optimum of a tier, a column whose reduced cost is not zero cannot move without making the tier
worse, and a row whose price is not zero must stay at its limit. Keeping those where they are
leaves exactly the points that are best in the tier, and a smaller problem for the next one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from planner.plan.proof import Side
from planner.rules.model import LinearModel
from planner.solvers.errors import SolverError
from planner.solvers.kernel import Kernel, fixed
from planner.solvers.messages import Floats, Limits
from planner.solvers.native import Stopwatch
from planner.solvers.program import Basis, Program, Vertex

# Reduced costs and prices below this, relative to the largest cost, are noise of the solver.
NOISE = 1e-7
# Costs of a corner are fractions with small denominators; less than this is no fraction.
DIGITS = 1e-4
# Tiers that are rounded for; later ones make the best of what is left.
ROUNDED = 2


@dataclass(frozen=True)
class Corner:
    """A best point in a box: what each tier reaches, and the prices that each was solved with.

    Tiers count as costs: less is better. There may be fewer results than tiers, where the last
    one already told that nothing worth having is in the box.
    """

    point: Floats
    reached: tuple[float, ...]
    prices: tuple[Floats, ...]
    basis: Basis

    def spent(self) -> "Corner":
        """Return what a proof needs of a corner from which no search goes on."""
        nothing = Basis(self.basis.columns[:0].copy(), self.basis.rows[:0].copy())
        return Corner(self.point[:0].copy(), self.reached, self.prices, nothing)


class Relaxation:
    """The linear relaxation of a model, with the costs of each tier in whole units.

    It has a `kernel` to round corners with where runs are weighed, or where it is wanted.
    """

    def __init__(
        self,
        model: LinearModel,
        costs: Sequence[Floats],
        watch: Stopwatch | None = None,
        *,
        rounding: bool = False,
    ) -> None:
        self.watch = watch or Stopwatch()
        self.program = Program(model, self.watch)
        self.costs = tuple(costs)
        self.kernel = Kernel(model, self.watch) if model.weighed or rounding else None
        self._sums: dict[tuple[int, ...], int] = {}
        rows, columns, coefficients = model.entries
        self.matrix = scipy.sparse.csr_matrix(
            (coefficients.astype(float), (rows, columns)),
            shape=(len(model.lower), model.columns.size),
        )
        self._transposed = self.matrix.T.tocsr()

    def reduced(self, costs: Floats, prices: Floats) -> Floats:
        """Return what one unit of each column costs once it has paid the prices of its rows."""
        reduced = costs - self._transposed @ prices[: self._transposed.shape[1]]
        for columns, row in self._sums.items():
            if row < len(prices):
                reduced[list(columns)] -= prices[row]
        return np.asarray(reduced)

    def start(self, begin: Basis | None = None) -> Basis:
        """Return a basis that is near the best corner: that of all tiers weighed together.

        Weights prove nothing, and need not: they only save the tiers most of their way. The same
        is true of a basis to `begin` with, which may be that of another problem.
        """
        weighed = np.zeros_like(self.costs[0])
        for position, costs in enumerate(self.costs[:3]):
            weighed += costs / (np.abs(costs).max(initial=0) or 1.0) * 100.0**-position
        found = self.program.minimise(weighed, self.program.limits(), begin)
        assert found is not None, "an empty plan is always possible"
        return found.basis

    def corner(
        self,
        box: Sequence[Side],
        start: Basis,
        enough: Callable[[tuple[float, ...], Floats], bool],
    ) -> Corner | None:
        """Return the best corner within `box`; None where there is no point in it.

        `enough` is asked after each tier, with its results and the point so far, whether that
        tells all there is to know.
        """
        limits = self.within(box)
        reached: list[float] = []
        prices: list[Floats] = []
        vertex: Vertex | None = None
        for costs in self.costs:
            # Only what a box cuts off can be outside; a tier goes on from where the last ended.
            inside = vertex is not None or not box
            found = self.program.minimise(costs, limits, start, inside=inside)
            if found is None:
                if vertex is None:
                    return None
                # A face that was cut too sharply: what is known so far still holds.
                break
            vertex, start = found, found.basis
            reached.append(_reached(costs, vertex.point))
            prices.append(vertex.prices)
            if enough(tuple(reached), vertex.point):
                break
            self._keep(costs, vertex.prices, limits)
        assert vertex is not None
        return Corner(vertex.point, tuple(reached), tuple(prices), vertex.basis)

    def rounded(self, box: Sequence[Side], corner: Corner) -> tuple[Side, ...] | None:
        """Return `box` with all that decides at whole numbers near `corner`; None if none are left.

        Tier by tier, as long as the tiers before are what they are in the corner.
        """
        if self.kernel is None:
            return None
        limits = self.within(box)
        count = len(limits.row_lower) - len(self._sums)
        found: Floats | None = None
        tiers = zip(self.costs[:ROUNDED], corner.prices, corner.reached, strict=False)
        for costs, prices, reached in tiers:
            model = Limits(
                limits.column_lower,
                limits.column_upper,
                limits.row_lower[:count],
                limits.row_upper[:count],
            )
            better = self.kernel.round(costs, model, corner.point)
            if better is None:
                break
            found = better
            if _reached(costs, better) > reached + DIGITS * max(1.0, abs(reached) * NOISE):
                break
            self._keep(costs, prices, limits)
        return None if found is None else (*box, *fixed(self.kernel.deciding, found))

    def promised(self) -> tuple[Side, ...] | None:
        """Return a box with all that decides where the first tier is best, or nearly so.

        None if the integer program for that finds nothing.
        """
        if self.kernel is None:
            return None
        limits = self.within(())
        count = len(limits.row_lower) - len(self._sums)
        limits.row_lower, limits.row_upper = limits.row_lower[:count], limits.row_upper[:count]
        found = self.kernel.best(self.costs[0], limits)
        return None if found is None else fixed(self.kernel.deciding, found)

    def emptiness(self, box: Sequence[Side], start: Basis) -> Floats:
        """Return prices that prove `box` empty, where without its last limit it is not.

        They are those of moving the limited column as far that way as the others let it.
        """
        columns, low, _ = box[-1]
        costs = np.zeros_like(self.costs[0])
        costs[list(columns)] = 1.0 if low is None else -1.0
        found = self.program.minimise(costs, self.within(box[:-1]), start)
        if found is None:
            raise SolverError("GLOP finds a box empty that is not")
        ray = found.prices.copy()
        if len(columns) > 1:
            # What one column has as its own limit, a sum has as a row with a price.
            ray[self.sum_row(columns)] -= costs[columns[0]]
        return ray

    def sum_row(self, columns: tuple[int, ...]) -> int:
        """Return the row that adds up some columns; it is added when it is first wanted."""
        if columns not in self._sums:
            self._sums[columns] = self.program.add_sum(columns)
        return self._sums[columns]

    def within(self, box: Sequence[Side]) -> Limits:
        """Return the limits of the whole problem, narrowed to `box`."""
        for columns, _, _ in box:
            if len(columns) > 1:
                self.sum_row(columns)
        limits = self.program.limits()
        for columns, low, high in box:
            if len(columns) > 1:
                at, lower, upper = self._sums[columns], limits.row_lower, limits.row_upper
            else:
                at, lower, upper = columns[0], limits.column_lower, limits.column_upper
            if low is not None:
                lower[at] = max(lower[at], low)
            if high is not None:
                upper[at] = min(upper[at], high)
        return limits

    def _keep(self, costs: Floats, prices: Floats, limits: Limits) -> None:
        """Narrow `limits` to the points that are best in the tier of `costs`, as `prices` say."""
        noise = NOISE * (np.abs(costs).max(initial=0) or 1.0)
        reduced = self.reduced(costs, prices)
        at_lower, at_upper = reduced > noise, reduced < -noise
        limits.column_upper[at_lower] = limits.column_lower[at_lower]
        limits.column_lower[at_upper] = limits.column_upper[at_upper]
        # Sums that got a row since then have no price.
        lower, upper = limits.row_lower[: len(prices)], limits.row_upper[: len(prices)]
        at_lower, at_upper = prices > noise, prices < -noise
        upper[at_lower] = lower[at_lower]
        lower[at_upper] = upper[at_upper]


def _reached(costs: Floats, point: Floats) -> float:
    """Return what the costs add up to: a whole number, where it is so but for the last digits.

    Corners are compared tier by tier, and noise in one tier must not decide before the next one.
    """
    # Not by `@`: for so little, the threads of a linear algebra library cost a second processor.
    total = float((costs * point).sum())
    whole = float(np.rint(total))
    return whole if abs(total - whole) < DIGITS else total

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Branch and bound over corners: exact in every tier, with a proof that is a tree of prices.

Corners are compared tier by tier, so one search finds the best plan in all tiers at once. Only
columns that the corner leaves broken are split; in practice these are a few numbers of complete
strict requests, and the corner is whole after a handful of splits.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.problem.problem import Ints
from planner.solvers.corner import Corner, Relaxation
from planner.solvers.limits import Limit
from planner.solvers.messages import Floats
from planner.solvers.node import Node
from planner.solvers.program import Basis
from planner.solvers.splitting import WHOLE, Splitting

DIVE_AFTER = 8  # parts, where a whole point is wanted soon
DEPTH = 100  # of a dive
EQUALS = 3  # parts as good as the best in the first tier, where a better one is looked for at once


@dataclass
class Search:
    """One search for the best whole point; `best` is what it found so far.

    `reached` are the tiers of `best`, as costs; `finished` tells that nothing better is left. The
    search also ends where nothing can be better in the first tier by more than `near`, relative
    to what is; then it begins with a dive, which may be enough.

    A `thorough` one is for large models, where each corner takes its time. It looks for a point
    that is best in the first tier before it splits anything, so that it knows which parts are as
    good in that tier and compares these in later ones; and it tries both sides of each column
    before it splits at one.
    """

    relaxation: Relaxation
    splitting: Splitting
    limit: Limit
    near: float = 0.0
    begin: Basis | None = None
    thorough: bool = False
    root: Node = field(init=False)
    best: Ints | None = None
    reached: tuple[int, ...] = ()
    finished: bool = False
    nodes: int = 1
    _prices: tuple[Floats, ...] = ()
    _equals: int = 0

    def __post_init__(self) -> None:
        # From here on it is where this search began.
        self.begin = self.relaxation.start(self.begin)
        corner = self.relaxation.corner((), self.begin, self._told)
        assert corner is not None, "an empty plan is always possible"
        self.root = Node((), corner, own=True)
        self._offer(corner)
        self.finished = self.best is not None

    def run(self) -> None:
        """Split the most promising part until nothing better is left, or the search is tired."""
        waiting = [(self.root.corner.reached, 0, self.root)]
        if self.thorough and not self.finished:
            self._promise()
        if self.near and not self.finished:
            # With many requests what is lost by rounding down is little, and it is one step.
            if not self.round(self.root):
                self.dive(self.root, down=True)
            if not self._near(self.root.corner):
                self.dive(self.root)
        while waiting and not self.finished and not self._tired():
            _, order, node = heapq.heappop(waiting)
            if not self._promising(node.corner.reached) or self._near(node.corner):
                self.finished = not self.near
                break
            if not node.own:
                if self._look(node):
                    heapq.heappush(waiting, (node.corner.reached, order, node))
            elif self._offer(node.corner):
                self.finished = True
            else:
                if self._wants_whole(order, node) and not self.round(node):
                    self.dive(node)
                for part in self._split(node):
                    self.nodes += 1
                    heapq.heappush(waiting, (part.corner.reached, self.nodes, part))
        self.finished |= not waiting

    def prices(self) -> tuple[Floats, ...]:
        """Return prices for each tier: the root's, or else those where the best was found."""
        known = self.root.corner.prices
        known += self._prices[len(known) :]
        missing = len(self.relaxation.costs) - len(known)
        return (*known, *[np.zeros(self.relaxation.program.rows)] * missing)

    def dive(self, node: Node, *, down: bool = False) -> None:
        """Offer the whole point that is left when what a corner leaves broken is rounded.

        Those that are nearest to whole numbers come first: the next corner then makes the best of
        it before others are rounded. With `down` they all go down at once.
        """
        for _ in range(DEPTH):
            if self._offer(node.corner):
                return
            box = (*node.box, *self.splitting.rounded(node.corner.point, down=down))
            corner = self.relaxation.corner(
                box, node.corner.basis, lambda _, point: self.splitting.incomplete(point)
            )
            if corner is not None:
                node = Node(box, corner, own=True)
            elif down:
                return
            else:
                # What went up before leaves no room for more of it.
                down = True

    def _promise(self) -> None:
        """Offer a whole point that is about the best in the first tier, if one is found."""
        box = self.relaxation.promised()
        if box is not None:
            corner = self.relaxation.corner(box, self.root.corner.basis, lambda *_: False)
            if corner is not None:
                self.dive(Node(box, corner, own=True))

    def _wants_whole(self, order: int, node: Node) -> bool:
        """Tell whether it is time to look for a whole point in a part, the one of this order.

        A thorough search does it above all in parts as good as the best in the first tier.
        """
        if self.thorough and self.reached and node.corner.reached[0] >= self.reached[0] - WHOLE:
            self._equals += 1
            return self._equals <= EQUALS or not self._equals % DIVE_AFTER
        wanted = self.near or self.best is None or self.thorough
        return bool(wanted and order and not order % DIVE_AFTER)

    def round(self, node: Node) -> bool:
        """Offer the whole point near a corner that a small integer program finds, if it does."""
        box = self.relaxation.rounded(node.box, node.corner)
        if box is None:
            return False
        corner = self.relaxation.corner(box, node.corner.basis, lambda *_: False)
        return corner is not None and self._offer(corner)

    def _tired(self) -> bool:
        return self.limit.over(self.relaxation.program.work)

    def _near(self, corner: Corner) -> bool:
        """Tell whether the best is as near to `corner` in the first tier as was asked for."""
        if not self.near or not self.reached:
            return False
        return self.reached[0] - corner.reached[0] <= self.near * abs(corner.reached[0])

    def _told(self, _: tuple[float, ...], point: Floats) -> bool:
        """Tell whether the root needs no further tier: later ones are those of the dive."""
        if self.relaxation.kernel is not None:
            return False
        return self.near > 0 and self.splitting.incomplete(point)

    def _look(self, node: Node) -> bool:
        """Find the corner of a part; tell whether it is worth going on with."""
        around = node.corner.reached[0]
        corner = self.relaxation.corner(node.box, node.corner.basis, self._decided)
        if corner is None:
            node.ray = self.relaxation.emptiness(node.box, node.corner.basis)
            self.splitting.learn(node.box[-1], np.inf)
            return False
        self.splitting.learn(node.box[-1], corner.reached[0] - around)
        promising = self._promising(corner.reached)
        # Searches are long where the problem is large: what is not needed again is not kept.
        node.corner, node.own = corner if promising else corner.spent(), True
        return promising

    def _decided(self, reached: tuple[float, ...], point: Floats) -> bool:
        """Tell whether a part needs no further tier: it is worse, or has to be split anyway.

        It has to be where it is broken. But what is no better than the best so far may be worse in
        a later tier, and need no splitting.
        """
        if not self._promising(reached):
            return True
        if self.thorough and self.reached and reached[-1] >= self.reached[len(reached) - 1] - WHOLE:
            return False
        return self.splitting.incomplete(point)

    def _promising(self, reached: Sequence[float]) -> bool:
        """Tell whether a part with such a corner may hold something better than the best."""
        for here, best in zip(reached, self.reached, strict=False):
            if here > best + WHOLE:
                return False
            # A broken tier may be rounded up to the best, which says nothing of later tiers.
            if here < best - WHOLE:
                return True
        return len(reached) < len(self.relaxation.costs) or not self.reached

    def _offer(self, corner: Corner) -> bool:
        """Take the corner as the best if it is whole; tell whether it is."""
        if len(corner.reached) < len(self.relaxation.costs):
            return False
        if self.splitting.broken(corner.point).max(initial=0) > WHOLE:
            return False
        whole = np.rint(corner.point).astype(np.int64)
        reached = tuple(int(np.rint((costs * whole).sum())) for costs in self.relaxation.costs)
        if self.best is None or reached < self.reached:
            self.best, self.reached, self._prices = whole, reached, corner.prices
        return True

    def _try(self, node: Node) -> float | None:
        """Try where to split; return by how much the first tier has to get worse in a part."""
        if not self.thorough or not self.reached:
            return None
        here = node.corner
        enough = max(0.0, self.reached[0] - here.reached[0])
        if enough > WHOLE:
            for side in self.splitting.untried(here.point):
                corner = self.relaxation.corner((*node.box, side), here.basis, lambda *_: True)
                worse = np.inf if corner is None else corner.reached[0] - here.reached[0]
                self.splitting.learn(side, worse)
        return enough

    def _split(self, node: Node) -> tuple[Node, Node]:
        enough = self._try(node)
        node.columns = self.splitting.choose(node.corner.point, node.box, enough)
        node.at = int(np.floor(node.corner.point[list(node.columns)].sum() + WHOLE))
        node.parts = (
            Node((*node.box, (node.columns, None, node.at)), node.corner, own=False),
            Node((*node.box, (node.columns, node.at + 1, None)), node.corner, own=False),
        )
        if node is not self.root:
            node.corner = node.corner.spent()
        return node.parts

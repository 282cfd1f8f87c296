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

from planner.plan.proof import Proof, Side, Split
from planner.problem.problem import Ints
from planner.rules.columns import Columns
from planner.solvers.certify import Certifier
from planner.solvers.corner import Corner, Relaxation
from planner.solvers.limits import Limit
from planner.solvers.program import Floats

WHOLE = 1e-6  # how far from a whole number a column may be that is one


@dataclass
class Node:
    """A part of the problem: its box, the nearest corner known, and its parts once it is split.

    `own` tells whether the corner is of this box and not of the one around it.
    """

    box: tuple[Side, ...]
    corner: Corner
    own: bool
    ray: Floats | None = None
    columns: tuple[int, ...] = ()
    at: int = 0
    parts: tuple["Node", "Node"] | None = None

    def proof(self, certifier: Certifier) -> Proof:
        """Return the proof for this part."""
        if self.parts is None:
            return certifier.leaf(self.box, self.corner, self.ray)
        below, above = (part.proof(certifier) for part in self.parts)
        return Split(self.columns, self.at, below, above)


@dataclass
class Search:
    """One search for the best whole point; `best` is what it found so far.

    `reached` are the tiers of `best`, as costs; `finished` tells that nothing better is left.
    """

    relaxation: Relaxation
    columns: Columns
    limit: Limit
    root: Node = field(init=False)
    first: Corner = field(init=False)
    best: Ints | None = None
    reached: tuple[int, ...] = ()
    finished: bool = False
    nodes: int = 0

    def __post_init__(self) -> None:
        corner = self.relaxation.corner((), self.relaxation.start(), lambda *_: False)
        assert corner is not None, "an empty plan is always possible"
        self.first, self.root = corner, Node((), corner, own=True)
        self.nodes = 1
        self._offer(corner)
        self.finished = self.best is not None

    def run(self) -> None:
        """Split the most promising part until nothing better is left, or the search is tired."""
        waiting = [(self.root.corner.reached, 0, self.root)]
        while waiting and not self.finished and not self._tired():
            _, order, node = heapq.heappop(waiting)
            if not self._promising(node.corner.reached):
                break
            if not node.own:
                if self._look(node):
                    heapq.heappush(waiting, (node.corner.reached, order, node))
                continue
            if self._offer(node.corner):
                self.finished = True
                return
            for part in self._split(node):
                self.nodes += 1
                heapq.heappush(waiting, (part.corner.reached, self.nodes, part))
        self.finished |= not self.limit.fired

    def _tired(self) -> bool:
        return self.limit.over(self.relaxation.program.iterations)

    def round_down(self) -> None:
        """Offer the whole point that is left when what the corner leaves broken is rounded down."""
        node = self.root
        for _ in range(8):
            if self._offer(node.corner):
                return
            broken = self._broken(node.corner.point)
            limits = tuple(
                ((int(column),), None, int(node.corner.point[column] + WHOLE))
                for column in np.flatnonzero(broken > WHOLE)
            )
            box = (*node.box, *limits)
            corner = self.relaxation.corner(box, node.corner.basis, lambda *_: False)
            if corner is None:
                return
            node = Node(box, corner, own=True)

    def _look(self, node: Node) -> bool:
        """Find the corner of a part; tell whether it is worth going on with."""
        corner = self.relaxation.corner(node.box, node.corner.basis, self._decided)
        if corner is None:
            node.ray = self.relaxation.emptiness(node.box, node.corner.basis)
            return False
        node.corner, node.own = corner, True
        return self._promising(corner.reached)

    def _decided(self, reached: tuple[float, ...], point: Floats) -> bool:
        """Tell whether a part needs no further tier: it is worse, or has to be split anyway."""
        complete = self._broken(point)[self.columns.complete_at : self.columns.repeat_at]
        return not self._promising(reached) or complete.max(initial=0) > WHOLE

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
        if self._broken(corner.point).max(initial=0) > WHOLE:
            return False
        whole = np.rint(corner.point).astype(np.int64)
        reached = tuple(int(np.rint(costs @ whole)) for costs in self.relaxation.costs)
        if self.best is None or reached < self.reached:
            self.best, self.reached = whole, reached
        return True

    def _split(self, node: Node) -> tuple[Node, Node]:
        broken = self._broken(node.corner.point)
        # Numbers of complete requests are the reason for what is broken elsewhere.
        complete = slice(self.columns.complete_at, self.columns.repeat_at)
        column = int(broken.argmax())
        if broken[complete].max(initial=0) > WHOLE:
            column = complete.start + int(broken[complete].argmax())
        node.columns = self._together(node, column)
        node.at = int(np.floor(node.corner.point[list(node.columns)].sum() + WHOLE))
        node.parts = (
            Node((*node.box, (node.columns, None, node.at)), node.corner, own=False),
            Node((*node.box, (node.columns, node.at + 1, None)), node.corner, own=False),
        )
        return node.parts

    def _together(self, node: Node, column: int) -> tuple[int, ...]:
        """Return the columns to split at: `column`, or with another one that it makes way for.

        A column that was split before and is broken again only trades with another one: splitting
        it once more would go on forever, splitting their sum ends it.
        """
        before = [columns for columns, _, _ in reversed(node.box)]
        if (column,) in before:
            for other in (columns[0] for columns in before if len(columns) == 1):
                both = node.corner.point[[column, other]].sum()
                if other != column and abs(both - np.rint(both)) > WHOLE:
                    return (min(column, other), max(column, other))
        return (column,)

    def _broken(self, point: Floats) -> Floats:
        """Return how far each deciding column is from a whole number."""
        broken = np.abs(point - np.rint(point))
        # Repeats and waits follow from what is placed.
        broken[self.columns.repeat_at :] = 0
        return broken

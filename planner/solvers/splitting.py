# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a search splits: at the column that has told most so far, or at a sum of two."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from planner.plan.proof import Side
from planner.problem.problem import Ints
from planner.rules.columns import Columns
from planner.solvers.messages import Floats

WHOLE = 1e-6  # how far from a whole number a column may be that is one
TRIES = 2  # on each side of a column; after that, what they brought is what to expect


@dataclass
class Splitting:
    """What splits have brought, column by column: by how much the first tier got worse."""

    columns: Columns
    _brought: dict[tuple[tuple[int, ...], bool], list[float]] = field(default_factory=dict)

    def broken(self, point: Floats) -> Floats:
        """Return how far each deciding column is from a whole number."""
        broken = np.abs(point - np.rint(point))
        # Repeats and waits follow from what is placed.
        broken[self.columns.repeat_at :] = 0
        return broken

    def incomplete(self, point: Floats) -> bool:
        """Tell whether a number of complete requests is broken."""
        complete = slice(self.columns.complete_at, self.columns.repeat_at)
        return bool(self.broken(point)[complete].max(initial=0) > WHOLE)

    def choose(
        self, point: Floats, box: tuple[Side, ...], enough: float | None = None
    ) -> tuple[int, ...]:
        """Return the columns to split at, of a point that is broken somewhere.

        Numbers of complete requests come first, since they are why others are broken; of these,
        one that was never split, then the one whose splits told most. Where it is known that a
        side is done with when the first tier is worse by `enough`, none tells more than that, and
        of equal ones the better other side decides.
        """
        broken, here = self.broken(point), self._candidates(point)

        def told(column: int) -> list[float]:
            sides = sorted(self._sides(column))
            return sides[:1] if enough is None else [min(side, enough) for side in sides]

        column = max(here.tolist(), key=lambda c: (told(c), broken[c], -c))
        return self._together(point, box, column)

    def untried(self, point: Floats) -> Iterator[Side]:
        """Yield both sides of each column that could be split and was not tried often enough."""
        for column in self._candidates(point).tolist():
            at = int(np.floor(point[column] + WHOLE))
            for side in (((column,), None, at), ((column,), at + 1, None)):
                if len(self._brought.get(_key(side), ())) < TRIES:
                    yield side

    def rounded(self, point: Floats, *, down: bool) -> tuple[Side, ...]:
        """Return the sides on which some broken columns are that are nearest to whole numbers.

        Several may go down at once, since what they leave is there for others; only one goes up,
        and none if all are to go `down`.
        """
        here = self._candidates(point)
        floors = np.floor(point[here])
        if not down:
            near = np.argsort(self.broken(point)[here], kind="stable")[: len(here) // 2 + 1]
            low = near[point[here[near]] - floors[near] <= 0.5 + WHOLE]
            if not len(low):
                return (((int(here[near[0]]),), int(floors[near[0]]) + 1, None),)
            here, floors = here[low], floors[low]
        return tuple(((c,), None, int(at)) for c, at in zip(here.tolist(), floors, strict=True))

    def _candidates(self, point: Floats) -> Ints:
        """Return the broken numbers of complete requests, or else whatever is broken."""
        broken = np.flatnonzero(self.broken(point) > WHOLE)
        complete = broken[broken >= self.columns.complete_at]
        return complete if len(complete) else broken

    def learn(self, side: Side, worse: float) -> None:
        """Remember by how much a side made the first tier worse."""
        self._brought.setdefault(_key(side), []).append(worse)

    def _sides(self, column: int) -> list[float]:
        """Return what splits at a column brought below and above, on average; much if unknown."""
        both = [self._brought.get(((column,), above)) for above in (False, True)]
        return [np.inf if side is None else float(np.mean(side)) for side in both]

    def _together(self, point: Floats, box: Iterable[Side], column: int) -> tuple[int, ...]:
        """Return `column`, or it with another one that it makes way for.

        A column that was split before and is broken again only trades with another one: splitting
        it once more would go on forever, splitting their sum ends it.
        """
        before = [columns for columns, _, _ in reversed(tuple(box))]
        if (column,) in before:
            for other in (columns[0] for columns in before if len(columns) == 1):
                both = point[[column, other]].sum()
                if other != column and abs(both - np.rint(both)) > WHOLE:
                    return (min(column, other), max(column, other))
        return (column,)


def _key(side: Side) -> tuple[tuple[int, ...], bool]:
    """Return what is the same for all splits at the same columns to the same side."""
    columns, low, _ = side
    return columns, low is not None

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Groups in groups, numbered: which there are, and in which each value is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.estimates.quantiles import Floats, Ints

_AT_ONCE = 1 << 16  # values in groups that are worked on together
_DENSE = 16  # so many possible keys an item take less time to look through than items to sort


@dataclass(frozen=True)
class Nest:
    """The groups of all rungs, from the most general rung to the most specific one.

    `key` names each group, rung after rung and ascending in each; those of rung r are the numbers
    from `begin[r]` to `begin[r + 1]`. `of` has a row a rung: the number of each value's group.
    """

    key: Ints
    begin: Ints
    of: Ints

    @classmethod
    def of_keys(cls, keys: Sequence[Ints]) -> "Nest":
        """Return the groups that values of these keys are in, each part of one of the rung before.

        None is empty.
        """
        # What is in one group of the last rung is in one group of all of them.
        last, one = distinct(keys[-1])
        known, places = zip(
            *(np.unique(key[one], return_inverse=True) for key in keys), strict=True
        )
        begin = np.concatenate(([0], np.cumsum([len(one) for one in known])))
        rows = [start + place[last] for start, place in zip(begin.tolist(), places, strict=False)]
        return cls(np.concatenate(known), begin, np.array(rows, dtype=np.int64))

    def where(self, rows: NDArray[np.bool_]) -> "Nest":
        """Return the groups of only those values."""
        used, of = occurring(self.of[:, rows], len(self.key))
        return Nest(self.key[used], np.searchsorted(used, self.begin), of)

    def parts(self, order: Ints) -> Iterator["Nest"]:
        """Yield the groups of the values in this order, some rungs after the other.

        They are as many at once as memory stays close by, for to fetch it anew for every step takes
        as long as the steps; and no fewer, for each step takes some time of its own.
        """
        rungs = max(1, _AT_ONCE // max(1, len(order)))
        for rung in range(0, len(self.of), rungs):
            begin = self.begin[rung : rung + rungs + 1]
            first, end = int(begin[0]), int(begin[-1])
            of = self.of[rung : rung + rungs, order] - first
            yield Nest(self.key[first:end], begin - first, of)

    def sums(self, amounts: Floats | Ints) -> list[Floats]:
        """Return the sum of the amounts, one a value, in each group, rung by rung."""
        groups = len(self.key)
        found = np.bincount(self.of.ravel(), np.tile(amounts, len(self.of)), minlength=groups)
        return self.rungs(found.astype(np.float64))

    def rungs(self, values: NDArray[Any]) -> list[NDArray[Any]]:
        """Return values of all groups rung by rung."""
        return [values[start:end] for start, end in pairwise(self.begin.tolist())]


def distinct(key: Ints) -> tuple[Ints, Ints]:
    """Return the number of each item, equal ones having the same, and where one of each is."""
    most = int(key.max(initial=0)) + 1
    if most <= _DENSE * len(key) and key.min(initial=0) >= 0:
        used, number = occurring(key, most)
        one = np.zeros(len(used), dtype=np.int64)
        one[number] = np.arange(len(key))
        return number, one
    _, one, number = np.unique(key, return_index=True, return_inverse=True)
    return number, one


def occurring(group: Ints, groups: int) -> tuple[Ints, Ints]:
    """Return which of so many groups occur, ascending, and the place of each item's among them."""
    used = np.flatnonzero(np.bincount(group.ravel(), minlength=groups))
    place = np.zeros(groups, dtype=np.int64)
    place[used] = np.arange(len(used))
    return used, place[group]


def looked_up(known: Ints, columns: Sequence[Floats], key: Ints) -> tuple[Floats, ...]:
    """Return the items of `columns` that belong to each key; 0 where it is not `known` (sorted)."""
    if not len(known):
        return tuple(np.zeros(len(key)) for _ in columns)
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    hit = known[at] == key
    return tuple(np.where(hit, column[at], 0.0) for column in columns)

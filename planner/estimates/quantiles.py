# SPDX-License-Identifier: LGPL-2.1-or-later
"""Quantiles of weighted values, of many groups at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Groups:
    """Values in groups: sorted by group, then by value.

    `position` is where each value stands in its group, from 0 to 1: the weight of what is smaller
    and half of its own, by that of the whole; `place` has the number of the group added to that.
    `begin` has one item more than there are groups; the number of the first one is `first`, and
    `weight` that of all values up to the last.
    """

    values: Floats
    position: Floats
    place: Floats
    begin: Ints
    first: int = 0
    weight: float = 0.0

    @classmethod
    def none(cls) -> "Groups":
        """Return no groups, which come before any others."""
        return cls(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(1, dtype=np.int64))

    @classmethod
    def of(cls, values: Floats, weights: Floats | None, group: Ints, groups: int) -> "Groups":
        """Return the values in `groups` groups, of which none may be empty; `group` from 0.

        Of equal values the first one counts as smaller. Without weights all count alike.
        """
        if weights is None:
            order, weights = np.argsort(values), np.ones(len(values))
        else:
            order = ascending(values)
        return cls.of_ascending(values[order], weights[order][None], group[order][None], groups)

    @classmethod
    def of_ascending(
        cls,
        values: Floats,
        weights: Floats,
        group: Ints,
        groups: int,
        after: "Groups | None" = None,
    ) -> "Groups":
        """Return the same of values that ascend, which is much less work.

        Each row of `weights` and `group` is for all of them: the values are in so many groups,
        those of one row before those of the next, and all of them come `after` others.
        """
        after = after or cls.none()
        order = by_number(group, groups)
        weights = np.take_along_axis(weights, order, axis=1).ravel()
        count = np.bincount(group.ravel(), minlength=groups)
        begin = np.zeros(groups + 1, dtype=np.int64)
        np.cumsum(count, out=begin[1:])
        total = np.add.reduceat(weights, begin[:-1]) if groups else np.zeros(0)
        # One sum through all parts, so that it does not matter which they are.
        upto = np.cumsum(np.concatenate(([after.weight], weights)))
        position = upto[1:] - weights / 2 - np.repeat(upto[begin[:-1]], count)
        position /= np.repeat(total, count)
        first = after.first + len(after.begin) - 1
        place = position + np.repeat(np.arange(first, first + groups), count)
        return cls(values[order].ravel(), position, place, begin, first, float(upto[-1]))

    def quantile(self, share: float | Floats) -> Floats:
        """Return the value at `share` of each group, between its neighbours in proportion.

        `share` may be one for all or one a group. Beyond the first and the last value of a group
        it is that value.
        """
        first, last = self.begin[:-1], self.begin[1:] - 1
        above = np.searchsorted(self.place, np.arange(len(first)) + self.first + share)
        above = np.minimum(np.maximum(above, first), last)
        below = np.maximum(above - 1, first)
        low, start = self.values[below], self.position[below]
        gap = self.position[above] - start
        part = np.divide(share - start, gap, out=np.ones(len(first)), where=gap > 0)
        part = np.minimum(np.maximum(part, 0.0), 1.0)
        found: Floats = low + part * (self.values[above] - low)
        return found


def ascending(values: Floats, *others: Floats | Ints | Flags) -> Ints:
    """Return the order in which `values` ascend.

    Of equal ones the first of `others` decides, then the next, and then who comes first. The
    order of what is NaN, at the end, is any.
    """
    # One column alone is sorted many times as fast as several, and few of its values are equal.
    order = np.argsort(values)
    equal = np.diff(values[order]) == 0
    if equal.any():
        alike = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
        these = order[alike]
        columns = [column[these] for column in (values, *others)]
        order[alike] = these[np.lexsort((these, *reversed(columns)))]
    return order


def by_number(numbers: Ints, count: int) -> Ints:
    """Return the order of numbers below `count`, row by row; of equal ones as they come."""
    # Small numbers are sorted in a time that only grows with how many they are.
    small = numbers.astype(np.uint16) if count <= 1 << 16 else numbers
    return np.argsort(small, axis=-1, kind="stable")

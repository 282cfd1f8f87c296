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
    `begin` has one item more than there are groups.
    """

    values: Floats
    position: Floats
    place: Floats
    begin: Ints

    @classmethod
    def of(cls, values: Floats, weights: Floats | None, group: Ints, groups: int) -> "Groups":
        """Return the values in `groups` groups, of which none may be empty; `group` from 0.

        Of equal values the first one counts as smaller. Without weights all count alike.
        """
        if weights is None:
            order, weights = np.argsort(values), np.ones(len(values))
        else:
            order = np.argsort(values, kind="stable")
        return cls.of_ascending(values[order], weights[order], group[order], groups)

    @classmethod
    def of_ascending(cls, values: Floats, weights: Floats, group: Ints, groups: int) -> "Groups":
        """Return the same of values that ascend, which is much less work."""
        # Small numbers are sorted in a time that only grows with how many they are.
        small = group.astype(np.uint16) if groups <= 1 << 16 else group
        order = np.argsort(small, kind="stable")
        values, weights, group = values[order], weights[order], group[order]
        begin = np.zeros(groups + 1, dtype=np.int64)
        np.cumsum(np.bincount(group, minlength=groups), out=begin[1:])
        total = np.add.reduceat(weights, begin[:-1]) if groups else np.zeros(0)
        upto = np.cumsum(weights)
        before = np.concatenate(([0.0], upto))[begin[:-1]]
        position = (upto - weights / 2 - before[group]) / total[group]
        return cls(values, position, position + group, begin)

    def quantile(self, share: float | Floats) -> Floats:
        """Return the value at `share` of each group, between its neighbours in proportion.

        `share` may be one for all or one a group. Beyond the first and the last value of a group
        it is that value.
        """
        first, last = self.begin[:-1], self.begin[1:] - 1
        above = np.searchsorted(self.place, np.arange(len(first)) + share)
        above = np.minimum(np.maximum(above, first), last)
        below = np.maximum(above - 1, first)
        low, start = self.values[below], self.position[below]
        gap = self.position[above] - start
        part = np.divide(share - start, gap, out=np.ones(len(first)), where=gap > 0)
        part = np.minimum(np.maximum(part, 0.0), 1.0)
        found: Floats = low + part * (self.values[above] - low)
        return found

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Quantiles of weighted values, of many groups at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Values in groups: sorted by group, then by value.

    `position` is where each value stands in its group, from 0 to 1: the weight of what is smaller
    and half of its own, by that of the whole. `begin` has one item more than there are groups.
    """

    values: Floats
    position: Floats
    begin: Ints
    total: Floats

    @classmethod
    def of(cls, values: Floats, weights: Floats, group: Ints, groups: int) -> "Groups":
        """Return the values in `groups` groups, of which none may be empty; `group` from 0."""
        order = np.lexsort((weights, values))
        return cls.of_ascending(values[order], weights[order], group[order], groups)

    @classmethod
    def of_ascending(cls, values: Floats, weights: Floats, group: Ints, groups: int) -> "Groups":
        """Return the same of values that ascend, which is much less work."""
        # Small numbers are sorted in a time that only grows with how many they are.
        small = group.astype(np.uint16) if groups <= 1 << 16 else group
        order = np.argsort(small, kind="stable")
        values, weights, group = values[order], weights[order], group[order]
        begin = np.searchsorted(group, np.arange(groups + 1))
        total = np.add.reduceat(weights, begin[:-1]) if groups else np.zeros(0)
        upto = np.cumsum(weights)
        before = np.concatenate(([0.0], upto))[begin[:-1]]
        position = (upto - weights / 2 - before[group]) / total[group]
        return cls(values, position, begin, total)

    def quantile(self, share: float | Floats) -> Floats:
        """Return the value at `share` of each group, between its neighbours in proportion.

        `share` may be one for all or one a group. Beyond the first and the last value of a group
        it is that value.
        """
        groups = np.arange(len(self.total))
        of = np.repeat(groups, np.diff(self.begin))
        above = np.searchsorted(self.position + of, groups + share)
        above = np.clip(above, self.begin[:-1], self.begin[1:] - 1)
        below = np.maximum(above - 1, self.begin[:-1])
        gap = self.position[above] - self.position[below]
        part = np.divide(share - self.position[below], gap, out=np.ones(len(groups)), where=gap > 0)
        step = self.values[above] - self.values[below]
        found: Floats = self.values[below] + np.clip(part, 0.0, 1.0) * step
        return found

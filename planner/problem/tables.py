# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the columns of a problem are put together with."""

from collections.abc import Iterable, Sequence

import numpy as np

from planner.problem.problem import Ints


class Codes:
    """Names numbered in the order in which they first appear."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}

    def of(self, name: str) -> int:
        """Return the number of `name`."""
        return self.names.setdefault(name, len(self.names))

    def labels(self) -> tuple[str, ...]:
        """Return the names in the order of their numbers."""
        return tuple(self.names)


def ints(values: Iterable[int]) -> Ints:
    """Return `values` as a column."""
    return np.fromiter(values, dtype=np.int64)


def table(names: Sequence[str], rows: Sequence[tuple[int, ...]]) -> dict[str, Ints]:
    """Return `rows` as columns of these names."""
    array = np.array(rows, dtype=np.int64).reshape(-1, len(names))
    return {name: array[:, i].copy() for i, name in enumerate(names)}

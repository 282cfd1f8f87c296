# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a plan remembers so that the next one is found sooner."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Statuses = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Restart:
    """The basis at which a search began: the status of each column and row, by sorted key.

    Keys say what a column or row is about (`planner.solvers.restart`). Nothing depends on it that
    a plan says: a beginning proves nothing, and a bad one costs only time.
    """

    column: Keys
    column_status: Statuses
    row: Keys
    row_status: Statuses

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Columns in as few bytes as serve: for digests, and where memory is dearer than numbers."""

from typing import Any

import numpy as np
import numpy.typing as npt

_WIDTHS = tuple(np.dtype(kind) for kind in ("<u1", "<u2", "<u4"))
_WHOLE = np.dtype("<i8")


def narrow(column: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Return a column with as few bytes a number as serve for all of it, or with all eight.

    Priorities, modes and the like are most of a large problem, and fit into one byte each. The
    width follows from the numbers, and so equal columns are equal in bytes and in width.
    """
    there = np.ascontiguousarray(column)
    # Numbers below 0 are beyond each width where nobody looks at signs.
    most = int(there.view(np.uint64).max(initial=0))
    fits = (width for width in _WIDTHS if most < 1 << 8 * width.itemsize)
    return there.astype(next(fits, _WHOLE), copy=False)

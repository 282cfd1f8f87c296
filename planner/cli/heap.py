# SPDX-License-Identifier: LGPL-2.1-or-later
"""One heap for all threads of a process that goes on for weeks."""

import ctypes
import sys

_M_ARENA_MAX = -8


def share() -> None:
    """Have all threads take their memory from one heap, where the C library is GNU's.

    It gives each thread a heap of its own, and a cycle has threads of its own for each lab: what
    one of them gave back no other one can have, and no heap can shrink.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 1)

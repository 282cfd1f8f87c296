# SPDX-License-Identifier: LGPL-2.1-or-later
"""No core files: the memory of a process that reads tokens would be in them, tokens and all."""

import resource
import sys

_PR_SET_DUMPABLE = 4


def forbid() -> None:
    """Have this process leave no core file, however it dies.

    What it starts may leave one again: that has no tokens of ours.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        import ctypes  # not for those who only want help

        # A limit is nothing to a system that pipes cores to a program.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pull labs: they ask the API what there is to do, and fetch it."""

from planner.runtimes.pull_labs.runtime import PullLabsRuntime

__all__ = ["PullLabsRuntime"]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a problem to a plan."""

from planner.solvers.solve import SOLVERS, solve

__all__ = ["SOLVERS", "solve"]

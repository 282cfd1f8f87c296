# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a problem to a plan."""

from planner.solvers.choose import AUTO, SOLVERS
from planner.solvers.solve import solve

__all__ = ["AUTO", "SOLVERS", "solve"]

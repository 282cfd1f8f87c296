# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a run is expected to take and cost in a place."""

from planner.estimates.ladder import Estimate, Ladder

__all__ = ["Estimate", "Ladder"]

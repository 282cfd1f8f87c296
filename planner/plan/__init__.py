# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a plan says, whether it holds, and why."""

from planner.plan.check import check
from planner.plan.plan import Plan

__all__ = ["Plan", "check"]

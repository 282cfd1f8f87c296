# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a plan says, whether it holds, and why."""

from planner.plan.check import check
from planner.plan.document import document
from planner.plan.explain import explain, explain_document
from planner.plan.plan import Plan

__all__ = ["Plan", "check", "document", "explain", "explain_document"]

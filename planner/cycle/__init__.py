# SPDX-License-Identifier: LGPL-2.1-or-later
"""One pass through all of it, and what it is made of.

cycle.py     the whole on one page         decision.py   requests and capacity -> a checked plan
intake.py    a batch joins the backlog     adoption.py   a plan that was made before
memory.py    what it has to remember       report.py     what the cycle did
capacity.py  what all runtimes can take now      submitting.py one of several who send
sending.py   what is looked at right before    room.py       what room is left then
"""

from planner.cycle.adoption import StalePlanError
from planner.cycle.capacity import current_capacity, unanswered
from planner.cycle.cycle import Planner
from planner.cycle.decision import Decision, checked_plan, decide
from planner.cycle.memory import Memory
from planner.cycle.report import CycleReport
from planner.cycle.stopwatch import Stopwatch
from planner.cycle.submitting import Submitting, served

__all__ = [
    "CycleReport",
    "Decision",
    "Memory",
    "Planner",
    "StalePlanError",
    "Stopwatch",
    "Submitting",
    "checked_plan",
    "current_capacity",
    "decide",
    "served",
    "unanswered",
]

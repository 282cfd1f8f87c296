# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a plan says, whether it holds, and why.

plan.py      what a solver decided, in columns     document.py  the plan by name, as it is kept
check.py     every rule, value and bound anew      reasons.py   why a run waits
bound.py     what prices prove                     explain.py   every candidate of a run, judged
diff.py      what two plans decide otherwise       naming.py    which runs a user means

For people there are `show.show`, `show_explanation.show_explanation` and `show_diff.show_diff`,
which are not imported here because of the library behind them.
"""

from planner.plan.check import check
from planner.plan.diff import diff
from planner.plan.document import document, outline
from planner.plan.explain import explain, explain_all, explain_document
from planner.plan.naming import runs_named
from planner.plan.plan import Plan
from planner.plan.prices import prices
from planner.plan.read import places, read_plan

__all__ = [
    "Plan",
    "check",
    "diff",
    "document",
    "explain",
    "explain_all",
    "explain_document",
    "outline",
    "places",
    "prices",
    "read_plan",
    "runs_named",
]

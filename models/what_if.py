# SPDX-License-Identifier: LGPL-2.1-or-later
"""What would be decided otherwise if something were different."""

from models.base import Ours
from models.diff import PlanDiff
from models.plan import PlanDocument, Solve


class Side(Ours):
    """One of two plans that are compared: its id, the fate of its runs, how it came about."""

    plan: str
    placed: int
    waiting: int
    in_error: int
    solve: Solve

    @classmethod
    def of(cls, document: PlanDocument) -> "Side":
        """Return what is told of `document`."""
        return cls(
            plan=document.plan.id,
            placed=len(document.assignments),
            waiting=len(document.deferrals),
            in_error=len(document.errors),
            solve=document.solve,
        )


class WhatIf(Ours):
    """The plan as things are (`before`), the plan with all of `changes` (`after`), compared.

    `changes` are spelled as a user writes them: `devices=lava-x/rk3399:+2`.
    """

    changes: tuple[str, ...]
    before: Side
    after: Side
    difference: PlanDiff

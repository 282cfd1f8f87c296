# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a cycle did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models import Capacity, Outcome, PlanDocument, Status
from planner.cycle.intake import Intake
from planner.submission import RecoverReport, SubmitReport


@dataclass(frozen=True)
class CycleReport:
    """One cycle as it went; `number` is None where nothing was recorded.

    `left` runs are left to submitters; `untold` are those that the API should have heard of and did
    not, with why.
    """

    number: int | None
    now: datetime
    intake: Intake
    document: PlanDocument
    problems: tuple[str, ...]
    capacity: Capacity | None = None
    recovered: RecoverReport = field(default_factory=RecoverReport)
    submission: SubmitReport = field(default_factory=SubmitReport)
    left: int = 0
    untold: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def degraded(self) -> bool:
        """Whether a part of the cycle could not be done as it should."""
        return bool(
            self.problems
            or self.recovered.unknown
            or self.submission.degraded
            or self.untold
            or self.document.solve.status is Status.DEGRADED
        )

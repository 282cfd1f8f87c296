# SPDX-License-Identifier: LGPL-2.1-or-later
"""What came of a submission."""

from collections import Counter
from dataclasses import dataclass, field

from models import RunState


@dataclass
class SubmitReport:
    """The runs of a submission, by what came of them; texts say why.

    `given_back` were certainly not sent and are planned again. Of `unknown` nobody can tell yet:
    they stay intended, and the next cycle looks for them before it sends anything.
    """

    submitted: list[str] = field(default_factory=list)
    dry_run: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    given_back: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    by_runtime: dict[str, Counter[RunState]] = field(default_factory=dict)

    @property
    def degraded(self) -> bool:
        """Whether something was not done as planned."""
        return bool(self.failed or self.given_back or self.unknown)

    def add(self, runtime: str, run: str, state: RunState, text: str) -> None:
        """Count one run; `text` says why, for one that was not sent."""
        self.by_runtime.setdefault(runtime, Counter())[state] += 1
        lists = {RunState.SUBMITTED: self.submitted, RunState.DRY_RUN: self.dry_run}
        if state in lists:
            lists[state].append(run)
            return
        texts = {RunState.FAILED: self.failed, RunState.WAITING: self.given_back}
        texts.get(state, self.unknown)[run] = text

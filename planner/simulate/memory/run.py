# SPDX-License-Identifier: LGPL-2.1-or-later
"""One run, and all that is known of it."""

from dataclasses import dataclass
from datetime import datetime

from models import Assignment, Order, Request, RunState, Sent, SentRun


@dataclass
class Run:
    """Where a run stands, the order by which it was sent, and what its plan said of it."""

    request: Request
    index: int
    state: RunState = RunState.WAITING
    order: Order | None = None
    planned: Assignment | None = None
    sent: Sent | None = None
    spoiled: bool = False

    @property
    def place(self) -> Order:
        """Return where it went; only of a run that was placed."""
        assert self.order is not None
        return self.order

    @property
    def named(self) -> Sent:
        """Return the names that it has in its runtime; only of a run that was sent."""
        assert self.sent is not None
        return self.sent

    @property
    def submitted(self) -> datetime | None:
        """Return when a runtime took it."""
        return self.sent.submitted if self.sent else None

    def send(self, job_id: str, now: datetime) -> None:
        """Have it be known by these names in its runtime."""
        self.sent = Sent(
            run=self.place.run,
            runtime=self.place.runtime,
            job_id=job_id,
            device_type=self.place.device_type,
            submitted=now,
            job=self.place.job,
            tree=self.place.tree,
        )

    def taken(self) -> SentRun:
        """Return which place it took."""
        return SentRun(
            index=self.index,
            runtime=self.place.runtime,
            platform=self.place.platform,
            device_type=self.place.device_type,
        )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the ledger takes in and gives out beside requests, plans and outcomes."""

from datetime import datetime
from typing import Literal, Self

from pydantic import model_validator

from models.base import Ours
from models.demand import Request, Revision, SentRun
from models.outcome import RunState, Sent
from models.reason import Reason


class End(Ours):
    """Why the runs of a request that still wait will never be sent.

    It ends all of them at once, because what ends them (a deadline, a newer revision, the
    configuration) is true of the request. Without a `reason` they keep the last one that they
    waited for, and `text` says what became of them.
    """

    request: str
    state: Literal[RunState.EXPIRED, RunState.SUPERSEDED, RunState.WITHDRAWN]
    text: str | None = None
    reason: Reason | None = None
    at: datetime

    @model_validator(mode="after")
    def _is_explained(self) -> Self:
        if self.text is None and self.reason is None:
            raise ValueError("an end needs a text or a reason")
        return self


class Queued(Ours):
    """A run that a runtime has and did not start, as far as is known, and what it tests."""

    sent: Sent
    revision: Revision | None


class Spoiled(Ours):
    """A run that failed for reasons of the place where it was; `request` is the whole of it."""

    run: str
    request: Request
    place: SentRun


class CycleRecord(Ours):
    """One cycle. `finished` is None where it goes on, or where the planner died in it.

    `events` and `requests` count what was new in it, `placed` and `deferred` the runs of its
    plan; these and `plan` are None where it recorded none. `seconds` are by phase, `counts` are
    whatever else the cycle counted, and `problems` what it had to say to a user.
    """

    number: int
    started: datetime
    finished: datetime | None
    degraded: bool
    events: int
    requests: int
    plan: str | None
    placed: int | None
    deferred: int | None
    seconds: dict[str, float]
    counts: dict[str, int]
    problems: tuple[str, ...]


class RunRecord(Ours):
    """One run as the ledger knows it.

    The place and `plan` are None while it waits, and `priority` is then its request's. `reason`
    is why the last plan left it waiting, or why it was withdrawn; it has waited for that since
    the cycle `waits_since`. `submitted`, `started` and `ended` tell of its
    execution; `closed` is when its state became final.
    """

    run: str
    request: str
    job: str
    kind: str
    parent: str
    tree: str | None
    branch: str | None
    state: RunState
    priority: int
    created: datetime
    deadline: datetime
    plan: str | None
    runtime: str | None
    platform: str | None
    device_type: str | None
    reason: Reason | None
    waits_since: int | None
    job_id: str | None
    submitted: datetime | None
    started: datetime | None
    ended: datetime | None
    closed: datetime | None
    result: str | None
    exit_status: int | None
    infrastructure: bool
    detail: str | None


class RunCount(Ours):
    """How many runs are in a state; `runtime` is None where they have no place."""

    state: RunState
    runtime: str | None
    runs: int


class LedgerStatus(Ours):
    """Where everything stands: the last cycle, what waits (oldest first), what is under way."""

    cycle: CycleRecord | None
    counts: tuple[RunCount, ...]
    waiting: tuple[RunRecord, ...]
    under_way: tuple[RunRecord, ...]


class LedgerHistory(Ours):
    """What happened last, newest first: cycles, and runs whose state became final."""

    cycles: tuple[CycleRecord, ...]
    runs: tuple[RunRecord, ...]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A ledger's memory without a disk: what is forgotten with the process was a simulation."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from models import (
    EXPECTED,
    FINAL_STATES,
    Alike,
    Assignment,
    Contact,
    Cursor,
    End,
    Event,
    History,
    Learning,
    Names,
    Node,
    Order,
    Outcome,
    PlanDocument,
    Queued,
    Reason,
    Request,
    Retention,
    Revision,
    RunState,
    Sent,
    SentRun,
    Spoiled,
    Subject,
    Word,
)
from planner.demand import newest_revisions
from planner.ledger.states import PLACED, SENT, UNDER_WAY


@dataclass
class Row:
    """One run: where it stands, the order by which it was sent, and what its plan said of it."""

    request: Request
    index: int
    state: RunState = RunState.WAITING
    order: Order | None = None
    planned: Assignment | None = None
    job_id: str | None = None
    submitted: datetime | None = None
    outcome: Outcome | None = None

    @property
    def key(self) -> str:
        """Return the run's key."""
        return self.request.run(self.index)

    @property
    def place(self) -> Order:
        """Return where it went; only of a run that was placed."""
        assert self.order is not None
        return self.order


@dataclass
class MemoryLedger:
    """Backlog, journal and outcomes as the ledger keeps them, in dictionaries.

    A test holds it to the real one: the same simulation has the same story with either.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    _requests: dict[str, Request] = field(default_factory=dict)
    _waiting: dict[str, None] = field(default_factory=dict)  # keys of requests
    _nodes: dict[str, Node] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _newest: dict[tuple[str, str], Revision] = field(default_factory=dict)
    _intended: dict[str, None] = field(default_factory=dict)  # keys of runs
    _under_way: dict[str, dict[str, Row]] = field(default_factory=dict)
    _closed: list[datetime] = field(default_factory=list)  # in their order, as are columns
    _past: dict[str, list[Any]] = field(default_factory=dict)
    _retried: set[str] = field(default_factory=set)
    _contacts: dict[str, Contact] = field(default_factory=dict)
    _cycles: int = 0

    def unseen(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Return the events whose content was never recorded."""
        return tuple(e for e in events if e.fingerprint not in self._seen)

    def known(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of the request keys that were recorded before."""
        return frozenset(key for key in keys if key in self._requests)

    def record_batch(
        self,
        now: datetime,
        *,
        events: Sequence[Event],
        requests: Sequence[Request],
        nodes: Mapping[str, Node],
        ends: Sequence[End] = (),
        problems: Sequence[str] = (),
        cursor: Cursor | None = None,
        retried: Sequence[str] = (),
    ) -> int:
        """Take in what a cycle collected."""
        self._cycles += 1
        self._seen.update(e.fingerprint for e in events)
        for request in requests:
            if request.key not in self._requests:
                self._add(request, nodes)
        self._newest = newest_revisions(requests, self._newest)
        self._retried.update(retried)
        errors = [
            End(request=r.key, state=RunState.WITHDRAWN, reason=r.error, at=now)
            for r in requests
            if r.error is not None
        ]
        for end in (*errors, *ends):
            for row in self._rows(end.request):
                if row.state is RunState.WAITING:
                    row.state = end.state
            self._waiting.pop(end.request, None)
        return self._cycles

    def backlog(self) -> tuple[Request, ...]:
        """Return the requests with a run that waits, oldest first."""
        requests = [self._requests[key] for key in self._waiting]
        return tuple(
            request.model_copy(update={"sent": self._sent(request)})
            for request in sorted(requests, key=lambda r: (r.created, r.key))
        )

    def revisions(self) -> dict[tuple[str, str], Revision]:
        """Return the newest revision seen of each branch."""
        return self._newest

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Tell whether such a run got its place in that time."""
        return any(
            row.order is not None
            and (row.order.job, row.order.platform) == (job, platform)
            and since <= row.order.intended <= until
            and row.state in PLACED
            and row.request.revision is not None
            and (row.request.revision.tree, row.request.revision.branch) == (tree, branch)
            for row in self.rows.values()
        )

    def recall(self) -> tuple[str, ...]:
        """Return nothing: the planner has all in hand."""
        return ()

    def served(self) -> frozenset[str]:
        """Return nothing: there is nobody else who sends."""
        return frozenset()

    def record_plan(
        self, cycle: int, document: PlanDocument, leave: Collection[str] = ()
    ) -> tuple[Order, ...]:
        """Intend what a plan places."""
        orders = []
        for place in document.assignments:
            row = self.rows[place.run]
            request = row.request
            row.state, row.planned = RunState.INTENDED, place
            row.order = Order(
                run=place.run,
                request=request.key,
                job=request.job,
                kind=request.kind,
                index=row.index,
                retry=request.retry,
                parent=request.parent,
                runtime=place.runtime,
                platform=place.platform,
                device_type=place.device_type,
                priority=place.priority,
                tree=request.revision.tree if request.revision else None,
                plan=document.plan.id,
                node=self._nodes[request.parent],
                intended=document.plan.created,
                send_by=document.plan.valid_until,
                start_s=place.start_s,
                duration_s=place.duration_s,
            )
            self._intended[place.run] = None
            self._settle(request)
            orders.append(row.order)
        return tuple(orders)

    def finish_cycle(
        self,
        cycle: int,
        now: datetime,
        *,
        seconds: Mapping[str, float],
        degraded: bool,
        counts: Mapping[str, int],
    ) -> None:
        """Do nothing: nobody asks for cycles."""

    def prune(self, before: datetime) -> None:
        """Do nothing: a simulation is short."""

    def orders(self) -> tuple[Order, ...]:
        """Return the runs that are intended."""
        orders = [self.rows[run].place for run in self._intended]
        return tuple(sorted(orders, key=lambda order: (order.intended, order.run)))

    def rivals(self, order: Order, alike: Alike) -> int:
        """Return how many runs alike the runtime of an order got, or gets before it."""
        if alike.there:
            sent = list(self._under_way.get(order.runtime, {}).values())
        else:
            sent = [row for row in self.rows.values() if row.order is not None]
        in_hand = [self.rows[run] for run in self._intended if run < order.run]
        got = (row for row in sent if row.submitted is not None and row.submitted >= alike.since)
        return sum(
            alike.job in (None, row.place.job)
            and alike.tree in (None, row.place.tree)
            and alike.device_type in (None, row.place.device_type)
            and (alike.priority is None or row.place.priority <= alike.priority)
            for row in (*got, *in_hand)
            if row.place.runtime == order.runtime and row.place.run != order.run
        )

    def mark_submitted(self, run: str, job_id: str, now: datetime) -> None:
        """Write down that the runtime has the run."""
        row = self._leave(run, RunState.SUBMITTED)
        row.job_id, row.submitted = job_id, now
        self._under_way.setdefault(row.place.runtime, {})[run] = row

    def mark_dry_run(self, runs: tuple[str, ...], now: datetime) -> None:
        """Write down that the runs were not sent on purpose."""
        for run in runs:
            self._leave(run, RunState.DRY_RUN)

    def mark_failed(self, run: str, text: str, code: str, now: datetime) -> None:
        """Write down that the run can not be sent."""
        self._leave(run, RunState.FAILED)

    def mark_node(self, run: str, node_id: str) -> None:
        """Do nothing: runs have no nodes here, since nobody is told of them."""

    def mark_sought(self, run: str, now: datetime) -> None:
        """Do nothing: a lab of a simulation knows what arrived."""

    def untold(self) -> tuple[Word, ...]:
        """Return nothing: there is no API to tell."""
        return ()

    def mark_told(self, words: Sequence[Word]) -> None:
        """Do nothing."""

    def give_back(self, run: str, now: datetime, reason: Reason | None = None) -> None:
        """Have the run wait again."""
        row = self._leave(run, RunState.WAITING)
        row.order = None
        self._settle(row.request)

    def under_way(self) -> dict[str, tuple[Sent, ...]]:
        """Return the runs that were sent and are not over, by runtime."""
        return {
            runtime: tuple(
                Sent(
                    run=key,
                    runtime=runtime,
                    job_id=row.job_id,
                    device_type=row.place.device_type,
                    submitted=row.submitted,
                )
                for key, row in sorted(rows.items())
            )
            for runtime, rows in sorted(self._under_way.items())
            if rows
        }

    def queued(self) -> tuple[Queued, ...]:
        """Return the runs that were sent and did not start."""
        sent = (sent for runs in self.under_way().values() for sent in runs)
        rows = ((one, self.rows[one.run]) for one in sent)
        return tuple(
            Queued(sent=one, revision=row.request.revision)
            for one, row in sorted(rows, key=lambda pair: pair[0].run)
            if row.state is RunState.SUBMITTED
        )

    def spoiled(self, since: datetime, *, retries: int) -> tuple[Spoiled, ...]:
        """Return what infrastructure spoiled, and nobody asked for again yet."""
        return tuple(
            Spoiled(
                run=key,
                request=row.request,
                place=next(one for one in self._sent(row.request) if one.index == row.index),
            )
            for key, row in self.rows.items()
            if row.outcome is not None
            and row.outcome.infrastructure
            and row.state is RunState.FINISHED
            and key not in self._retried
            and row.request.retry < retries
        )

    def record_outcomes(self, outcomes: tuple[Outcome, ...], now: datetime) -> None:
        """Write down what runtimes say of runs."""
        for outcome in sorted(outcomes, key=lambda one: one.run, reverse=True):
            row = self.rows[outcome.run]
            if row.state in UNDER_WAY:
                row.state, row.outcome = outcome.state, outcome
                if outcome.state in FINAL_STATES:
                    self._remember(row, outcome, now)
                    del self._under_way[row.place.runtime][outcome.run]

    def roll_up(self, now: datetime, *, runs: int) -> int:
        """Do nothing: all runs stay in full."""
        return 0

    def forget(self, now: datetime, retention: Retention, *, runs: int) -> int:
        """Do nothing: all runs stay."""
        return 0

    def contacts(self) -> dict[str, Contact]:
        """Return how each runtime answered last."""
        return dict(self._contacts)

    def keep_contacts(self, known: Sequence[Contact]) -> None:
        """Remember how these runtimes answered."""
        self._contacts |= {contact.runtime: contact for contact in known}

    def outcomes(self, now: datetime, learning: Learning) -> History:
        """Return the runs that finished, newest first."""
        begin = now - timedelta(seconds=learning.age)
        first = max(bisect_left(self._closed, begin), len(self._closed) - learning.runs)
        if first >= len(self._closed):
            return History()
        columns: dict[str, Any] = {
            name: tuple(reversed(column[first:])) for name, column in self._past.items()
        }
        for name in ("infrastructure", "submitted", "started", "ended"):
            columns[name] = np.array(columns[name])
        for name in (*Subject._fields, "tree", "result"):
            columns[name] = Names.of(columns[name])
        for name in EXPECTED:
            columns[name] = np.array(columns[name], dtype=np.float64)
        runs = np.ones(len(self._closed) - first, dtype=np.int64)
        return History.model_construct(**columns, runs=runs)

    def _remember(self, row: Row, outcome: Outcome, now: datetime) -> None:
        request, place = row.request, row.place
        self._closed.append(now)
        told = {
            "run": row.key,
            "job_id": row.job_id,
            "job": request.job,
            "kind": request.kind,
            "platform": place.platform,
            "device_type": place.device_type,
            "runtime": place.runtime,
            "arch": place.node["data"].get("arch"),
            "tree": request.revision.tree if request.revision else None,
            "result": outcome.result,
            "infrastructure": outcome.infrastructure,
            "submitted": _posix(row.submitted),
            "started": _posix(outcome.started),
            "ended": _posix(outcome.ended),
        }
        for name in EXPECTED:
            told[name] = getattr(row.planned, name.removeprefix("expected_"), None)
        for name, value in told.items():
            self._past.setdefault(name, []).append(value)

    def _add(self, request: Request, nodes: Mapping[str, Node]) -> None:
        self._requests[request.key] = request
        self._waiting[request.key] = None
        if request.parent in nodes:
            self._nodes[request.parent] = nodes[request.parent]
        for index in range(request.runs.number):
            self.rows[request.run(index)] = Row(request, index)

    def _rows(self, request: str) -> Iterator[Row]:
        wanted = self._requests[request]
        return (self.rows[wanted.run(index)] for index in range(wanted.runs.number))

    def _sent(self, request: Request) -> tuple[SentRun, ...]:
        return tuple(
            SentRun(
                index=row.index,
                runtime=row.place.runtime,
                platform=row.place.platform,
                device_type=row.place.device_type,
            )
            for row in self._rows(request.key)
            if row.state in SENT
        )

    def _leave(self, run: str, state: RunState) -> Row:
        row = self.rows[run]
        row.state = state
        self._intended.pop(run, None)
        return row

    def _settle(self, request: Request) -> None:
        """Keep the request among those that wait, or not, as its runs stand."""
        if any(row.state is RunState.WAITING for row in self._rows(request.key)):
            self._waiting[request.key] = None
        else:
            self._waiting.pop(request.key, None)


def _posix(moment: datetime | None) -> float:
    return float("nan") if moment is None else moment.timestamp()

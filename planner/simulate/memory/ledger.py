# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events, requests and plans, in dictionaries."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from models import (
    Assignment,
    Contact,
    Cursor,
    End,
    Event,
    History,
    Learning,
    Node,
    Order,
    Place,
    PlanDocument,
    Request,
    Retention,
    Revision,
    RunState,
    SentRun,
)
from planner.demand import newest_revisions
from planner.ledger.states import SENT
from planner.simulate.memory.journal import MemoryJournal
from planner.simulate.memory.run import Run


class MemoryLedger(MemoryJournal):
    """Backlog, journal and outcomes as the ledger keeps them.

    A test holds it to the real one: the same simulation has the same story with either.
    """

    def __init__(self) -> None:
        super().__init__()
        self._nodes: dict[str, Node] = {}
        self._seen: set[str] = set()
        self._newest: dict[tuple[str, str], Revision] = {}
        self._contacts: dict[str, Contact] = {}
        self._cycles = 0

    def unseen(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Return the events whose content was never recorded."""
        return tuple(e for e in events if e.fingerprint not in self._seen)

    def known(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of the request keys that were recorded before."""
        return frozenset(key for key in keys if key in self._by_request)

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
            if request.key not in self._by_request:
                self._add(request, nodes)
        self._newest = newest_revisions(requests, self._newest)
        for key in retried:
            self._spoiled.pop(key, None)
        errors = [
            End(request=r.key, state=RunState.WITHDRAWN, reason=r.error, at=now)
            for r in requests
            if r.error is not None
        ]
        for end in (*errors, *ends):
            for run in self._by_request[end.request]:
                if run.state is RunState.WAITING:
                    run.state = end.state
            self._waiting.pop(end.request, None)
        return self._cycles

    def backlog(self) -> tuple[Request, ...]:
        """Return the requests with a run that waits, oldest first."""
        oldest_first = sorted(self._waiting.values(), key=lambda r: (r.created, r.key))
        return tuple(
            request.model_copy(update={"sent": sent}) if sent else request
            for request in oldest_first
            for sent in (self._sent(request),)
        )

    def revisions(self) -> dict[tuple[str, str], Revision]:
        """Return the newest revision seen of each branch."""
        return self._newest

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
            run = self._runs[place.run]
            run.planned = place
            order = self._order(run, place, document)
            self._intend(run, order)
            orders.append(order)
        for decided in (document.assignments, document.deferrals):
            for one in decided:
                self._had.pop(one.run, None)
        return tuple(orders)

    def last_places(self) -> dict[str, Place]:
        """Return where the last plan had each run that was not sent and waits again."""
        waiting = (key for key in sorted(self._had) if self._runs[key].state is RunState.WAITING)
        return {key: self._had[key] for key in waiting}

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
        return self._past.history(now - timedelta(seconds=learning.age), learning.runs)

    def _add(self, request: Request, nodes: Mapping[str, Node]) -> None:
        runs = [Run(request, index) for index in range(request.runs.number)]
        self._by_request[request.key] = runs
        self._runs |= {request.run(run.index): run for run in runs}
        self._waiting[request.key] = request
        if request.under_test is not None:
            self._tested.setdefault(request.under_test, []).extend(runs)
        if request.parent in nodes:
            self._nodes[request.parent] = nodes[request.parent]

    def _order(self, run: Run, place: Assignment, document: PlanDocument) -> Order:
        request = run.request
        return Order(
            run=place.run,
            request=request.key,
            job=request.job,
            kind=request.kind,
            index=run.index,
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

    def _sent(self, request: Request) -> tuple[SentRun, ...]:
        return tuple(run.taken() for run in self._by_request[request.key] if run.state in SENT)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""One batch on one page: collect, expand, admit, build, solve, check, record, submit, observe."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from models import (
    Batch,
    Capacity,
    Catalog,
    Contact,
    NodeLookup,
    Order,
    Outcome,
    PlanDocument,
    Policy,
    Request,
    RunState,
    Spoiled,
    SubmitMode,
)
from planner.candidates import admit
from planner.cycle.adoption import require_current
from planner.cycle.capacity import current_capacity, unanswered
from planner.cycle.decision import Decision, Known, decide
from planner.cycle.intake import Intake, by_planner, take_in
from planner.cycle.memory import Memory
from planner.cycle.report import CycleReport
from planner.cycle.sending import AtSending, remembered_capacity
from planner.cycle.stopwatch import Stopwatch, Timer
from planner.demand import retry_of
from planner.kernelci import Api
from planner.problem import build
from planner.runtimes import Guard, LabRuntime, OverApi
from planner.submission import (
    Nodes,
    Sender,
    observe,
    post_telemetry,
    recover,
    submit_modes,
    tell,
    unwanted,
    withdraw,
)
from planner.submission import wait as wait_for_runs

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

RETRY_MEMORY = timedelta(days=1)  # what was spoiled before is of no interest any more
EVENT_MEMORY = timedelta(days=7)  # KernelCI's API keeps events as long
PORTION = 2000  # runs that a cycle rolls up, and forgets, at the most


class Planner:
    """Turns batches into executed plans, one cycle at a time, with a ledger as its memory.

    `runtimes` are the ways to labs that there are. The planner is the only one at work on its
    ledger: the caller holds the ledger's lock, and `hindered` says why nothing may be sent any
    more. `opened` hears the number of each cycle. Plans say why, unless they are not `explained`.
    """

    def __init__(
        self,
        catalog: Catalog,
        policy: Policy,
        ledger: Memory,
        runtimes: Mapping[str, LabRuntime],
        *,
        clock: Clock,
        timer: Timer,
        sleep: Callable[[float], None],
        hindered: Callable[[], str | None] = lambda: None,
        opened: Callable[[int], None] = lambda _: None,
        capacity_file: Path | None = None,
        solver: str | None = None,
        seed: int = 0,
        explained: bool = True,
    ) -> None:
        self._catalog, self._policy, self._ledger = catalog, policy, ledger
        contacts = ledger.contacts()
        self._runtimes = {
            name: Guard(runtime, contacts.get(name) or Contact(runtime=name), clock)
            for name, runtime in runtimes.items()
        }
        self._modes = submit_modes(catalog, runtimes)
        self._clock, self._timer, self._sleep = clock, timer, sleep
        self._hindered, self._opened = hindered, opened
        self._capacity_file, self._solver, self._seed = capacity_file, solver, seed
        self._explained = explained

    def preview(self, batch: Batch, nodes: NodeLookup | None) -> CycleReport:
        """Return what a cycle would do now; nothing is sent and nothing written."""
        now, watch = self._clock(), Stopwatch(self._timer)
        fresh = self._unseen(batch)
        intake = self._take_in(fresh, nodes, now, self._spoiled(now))
        capacity = self._capacity(intake.waiting, now)
        watch.lap("demand")
        decision = self._decide(intake.waiting, capacity, now, watch)
        return CycleReport(
            number=None,
            now=now,
            intake=intake,
            document=decision.document,
            problems=_problems(intake, capacity, now),
            seconds=watch.seconds,
        )

    def cycle(
        self,
        batch: Batch,
        nodes: NodeLookup | None,
        *,
        api: Api | None = None,
        plan: PlanDocument | None = None,
        wait: bool = False,
        sending: Callable[[Order, RunState], None] | None = None,
        watching: Callable[[Outcome], None] | None = None,
    ) -> CycleReport:
        """Do one cycle, and with `wait` stay until all that runs has ended.

        What was collected is on disk before anything is planned, and the plan before anything is
        sent: a planner that dies at any point is followed by one that goes on from there.
        With `plan`, that is executed instead of a new one. Runs get nodes at `api`, if there is
        one. `sending` and `watching` hear of each run that is sent, and of each change of one.

        Raises:
            StalePlanError: before anything is written, if `plan` does not hold any more.
        """
        now, watch = self._clock(), Stopwatch(self._timer)
        ledger, live = self._ledger, self._live()
        own = Nodes(api)
        sender = Sender(
            self._catalog, self._runtimes, self._modes, self._clock, own, self._hindered
        )
        for guard in self._runtimes.values():
            if isinstance(guard.runtime, OverApi):
                guard.runtime.connect(api)
        ledger.recall()
        recovered = recover(ledger, sender)
        earlier = observe(ledger, self._runtimes, now)
        watch.lap("recover")
        fresh = self._unseen(batch)
        spoiled = self._spoiled(now)
        intake = self._take_in(fresh, nodes, now, spoiled)
        earlier += self._withdraw(intake, live, now)
        capacity = self._capacity(intake.waiting, now)
        problems = _problems(intake, capacity, now)
        watch.lap("demand")
        if plan is not None:
            self._require_current(plan, intake.waiting, capacity, now)
        number = ledger.record_batch(
            now,
            events=fresh.events,
            requests=intake.new,
            nodes=intake.parents,
            ends=intake.ends,
            problems=problems,
            cursor=batch.cursor,
            retried=[one.run for one in spoiled],
        )
        self._opened(number)
        watch.lap("record")
        if plan is None:
            plan = self._decide(ledger.backlog(), capacity, now, watch).document
        # What was told of capacity counts for submitters as it does for the plan.
        self._keep_contacts()
        orders = ledger.record_plan(number, plan, ledger.served() & live.keys())
        watch.lap("record")
        sender = replace(sender, refused=self._at_sending(now))
        report = sender.submit(ledger, orders, progress=sending)
        watch.lap("submit")
        outcomes: tuple[Outcome, ...] = ()
        if wait:  # else the next cycle begins by looking, and labs are asked once a cycle
            outcomes = wait_for_runs(ledger, live, self._clock, self._sleep, watching)
        watch.lap("observe")
        untold = tell(ledger, own, self._catalog)
        post_telemetry(api, orders, report.submitted, report.failed)
        watch.lap("tell")
        done = CycleReport(
            number=number,
            now=now,
            intake=intake,
            document=plan,
            problems=problems,
            capacity=capacity,
            recovered=recovered,
            submission=report,
            left=len(plan.assignments) - len(orders),
            untold=untold,
            outcomes=(*earlier, *outcomes),
            seconds=watch.seconds,
        )
        self._finish(done)
        return done

    def _spoiled(self, now: datetime) -> tuple[Spoiled, ...]:
        """Return the runs that are to be asked for again, where that is for the planner to do."""
        if not by_planner(self._catalog):
            return ()
        limit = self._catalog.planner.retries.limit
        return self._ledger.spoiled(now - RETRY_MEMORY, retries=limit)

    def _take_in(
        self, batch: Batch, nodes: NodeLookup | None, now: datetime, spoiled: Sequence[Spoiled]
    ) -> Intake:
        retries = [retry_of(one, now, self._policy.deadline) for one in spoiled]
        return take_in(self._catalog, self._policy, self._ledger, batch, nodes, now, retries)

    def _withdraw(
        self, intake: Intake, live: Mapping[str, LabRuntime], now: datetime
    ) -> tuple[Outcome, ...]:
        """Take back what waits in queues for nothing, before its events count as seen."""
        runs = unwanted(self._ledger, self._catalog, intake.newest, intake.events)
        return withdraw(self._ledger, live, runs, now)

    def _unseen(self, batch: Batch) -> Batch:
        return batch.model_copy(update={"events": self._ledger.unseen(batch.events)})

    def _decide(
        self, requests: Sequence[Request], capacity: Capacity, now: datetime, watch: Stopwatch
    ) -> Decision:
        return decide(
            self._catalog,
            requests,
            capacity,
            policy=self._policy,
            **self._known(requests, now),
            last=self._ledger.last_places(),
            now=now,
            solver=self._solver,
            seed=self._seed,
            watch=watch,
            explained=self._explained,
        )

    def _require_current(
        self, plan: PlanDocument, requests: Sequence[Request], capacity: Capacity, now: datetime
    ) -> None:
        admission = admit(
            self._catalog,
            requests,
            capacity,
            policy=self._policy,
            now=now,
            **self._known(requests, now),
        )
        require_current(plan, build(admission), now)

    def _known(self, requests: Iterable[Request], now: datetime) -> Known:
        """Return what the ledger tells of the past, and of what was sent and has not ended."""
        sent = [one for runs in self._ledger.under_way().values() for one in runs]
        return {
            "history": self._ledger.outcomes(now, self._policy.learning),
            "under_way": Counter((one.runtime, one.device_type) for one in sent),
            "running": {(one.job, one.device_type, one.tree or "") for one in sent if one.job},
            "before": self._ledger.ran_before(
                {r.under_test for r in requests if r.varies and r.under_test}
            ),
        }

    def _live(self) -> dict[str, LabRuntime]:
        return {
            name: runtime
            for name, runtime in self._runtimes.items()
            if self._modes[name] is SubmitMode.LIVE
        }

    def _capacity(self, waiting: Iterable[Request], now: datetime) -> Capacity:
        return current_capacity(
            self._catalog,
            self._capacity_file,
            self._runtimes,
            waiting,
            self._ledger.under_way(),
            now,
            live=self._live(),
        )

    def _keep_contacts(self) -> None:
        self._ledger.keep_contacts([runtime.contact for runtime in self._runtimes.values()])

    def _at_sending(self, now: datetime) -> AtSending:
        contacts = {name: guard.contact for name, guard in self._runtimes.items()}
        known = remembered_capacity(self._catalog, self._capacity_file, contacts, now)
        return AtSending(self._catalog, known, self._ledger, self._clock)

    def _finish(self, report: CycleReport) -> None:
        assert report.number is not None
        self._ledger.finish_cycle(
            report.number,
            self._clock(),
            seconds=report.seconds,
            degraded=report.degraded,
            counts={
                "excluded": sum(report.intake.excluded.values()),
                "submitted": len(report.submission.submitted),
                "dry_run": len(report.submission.dry_run),
                "failed": len(report.submission.failed),
                "given_back": len(report.submission.given_back) + len(report.recovered.given_back),
                "unknown": len(report.submission.unknown) + len(report.recovered.unknown),
                "found_again": len(report.recovered.found),
            },
        )
        self._keep_contacts()
        self._ledger.prune(report.now - EVENT_MEMORY)
        # In portions: nothing that grew while nobody rolled it up holds up a cycle.
        self._ledger.roll_up(report.now, runs=PORTION)
        self._ledger.forget(report.now, self._catalog.planner.history, runs=PORTION)


def _problems(intake: Intake, capacity: Capacity, now: datetime) -> tuple[str, ...]:
    defects = map(str, capacity.defects)
    return (*map(str, intake.errors), *defects, *unanswered(capacity, now))

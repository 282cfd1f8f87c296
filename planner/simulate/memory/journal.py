# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was sent, and what came of it, in dictionaries."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from models import (
    FINAL_STATES,
    Alike,
    Order,
    Outcome,
    Place,
    Queued,
    Reason,
    Request,
    RunState,
    Sent,
    Spoiled,
    UnderTest,
    Word,
)
from planner.ledger.journal import HAD
from planner.ledger.states import PLACED, UNDER_WAY
from planner.simulate.memory.past import Past
from planner.simulate.memory.run import Run


class MemoryJournal:
    """The journal of intents, and what is counted by the runs that were sent."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._by_request: dict[str, list[Run]] = {}
        self._waiting: dict[str, Request] = {}
        self._intended: dict[str, Run] = {}
        self._had: dict[str, Place] = {}  # where runs were to go that were not sent
        self._under_way: dict[str, dict[str, Run]] = {}  # by runtime
        self._placed: dict[tuple[str, str], dict[str, Run]] = {}  # by job and platform
        self._spoiled: dict[str, Run] = {}  # of which nobody asked for another
        self._tested: dict[UnderTest, list[Run]] = {}
        self._past = Past()

    def orders(self) -> tuple[Order, ...]:
        """Return the runs that are intended."""
        orders = [run.place for run in self._intended.values()]
        return tuple(sorted(orders, key=lambda order: (order.intended, order.run)))

    def mark_submitted(self, run: str, job_id: str, now: datetime) -> None:
        """Write down that the runtime has the run."""
        sent = self._leave(run, RunState.SUBMITTED)
        sent.send(job_id, now)
        self._under_way.setdefault(sent.place.runtime, {})[run] = sent

    def mark_dry_run(self, runs: tuple[str, ...], now: datetime) -> None:
        """Write down that the runs were not sent on purpose."""
        for run in runs:
            self._leave(run, RunState.DRY_RUN)

    def mark_failed(self, run: str, text: str, code: str, now: datetime) -> None:
        """Write down that the run can not be sent."""
        self._leave(run, RunState.FAILED)

    def mark_node(self, run: str, node_id: str) -> None:
        """Do nothing: runs have no nodes here, since nobody is told of them."""

    def awaits(self, order: Order) -> bool:
        """Return that it does: there is one planner."""
        return True

    def mark_sought(self, run: str, now: datetime) -> None:
        """Do nothing: a lab of a simulation knows what arrived."""

    def untold(self) -> tuple[Word, ...]:
        """Return nothing: there is no API to tell."""
        return ()

    def mark_told(self, words: Sequence[Word]) -> None:
        """Do nothing."""

    def give_back(self, run: str, now: datetime, reason: Reason | None = None) -> None:
        """Have the run wait again."""
        back = self._leave(run, RunState.WAITING)
        del self._placed[back.place.job, back.place.platform][run]
        self._had[run] = Place(**{name: getattr(back.place, name) for name in HAD})
        back.order = None
        self._settle(back.request)

    def under_way(self) -> dict[str, tuple[Sent, ...]]:
        """Return the runs that were sent and are not over, by runtime."""
        return {
            runtime: tuple(runs[key].named for key in sorted(runs))
            for runtime, runs in sorted(self._under_way.items())
            if runs
        }

    def queued(self) -> tuple[Queued, ...]:
        """Return the runs that were sent and did not start."""
        runs = {key: run for there in self._under_way.values() for key, run in there.items()}
        return tuple(
            Queued(sent=run.named, revision=run.request.revision)
            for _, run in sorted(runs.items())
            if run.state is RunState.SUBMITTED
        )

    def rivals(self, order: Order, alike: Alike) -> Counter[tuple[str, str]]:
        """Count the runs alike that the runtime of an order got, or gets before it."""
        if alike.there:
            sent = list(self._under_way.get(order.runtime, {}).values())
        else:
            sent = [run for placed in self._placed.values() for run in placed.values()]
        first = (-order.priority, order.run)
        in_hand = [run for key, run in self._intended.items() if (-run.place.priority, key) < first]
        got = (run for run in sent if run.submitted is not None and run.submitted >= alike.since)
        return Counter(
            (run.place.job, run.place.platform)
            for run in (*got, *in_hand)
            if run.place.runtime == order.runtime
            and run.place.run != order.run
            and alike.job in (None, run.place.job)
            and alike.tree in (None, run.place.tree)
            and alike.device_type in (None, run.place.device_type)
            and alike.context in (None, run.place.context)
            and (alike.priority is None or run.place.priority <= alike.priority)
        )

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Tell whether such a run got its place in that time."""
        return any(
            since <= run.place.intended <= until
            and run.state in PLACED
            and run.request.revision is not None
            and (run.request.revision.tree, run.request.revision.branch) == (tree, branch)
            for run in self._placed.get((job, platform), {}).values()
        )

    def ran_before(self, asked: Collection[UnderTest]) -> dict[UnderTest, tuple[Place, ...]]:
        """Return where runs of these went that are placed and not spoiled."""
        found = {
            one: {
                (run.place.runtime, run.place.platform, run.place.device_type)
                for run in self._tested.get(one, ())
                if run.state in PLACED and not run.spoiled
            }
            for one in asked
        }
        return {
            one: tuple(
                Place(runtime=runtime, platform=platform, device_type=device_type)
                for runtime, platform, device_type in sorted(places)
            )
            for one, places in found.items()
            if places
        }

    def record_outcomes(self, outcomes: tuple[Outcome, ...], now: datetime) -> None:
        """Write down what runtimes say of runs."""
        for outcome in sorted(outcomes, key=lambda one: one.run, reverse=True):
            run = self._runs[outcome.run]
            if run.state not in UNDER_WAY:
                continue
            run.state = outcome.state
            run.spoiled |= outcome.infrastructure
            if outcome.state in FINAL_STATES:
                self._past.add(run, outcome, now)
                del self._under_way[run.place.runtime][outcome.run]
                if outcome.infrastructure and outcome.state is RunState.FINISHED:
                    self._spoiled[outcome.run] = run

    def spoiled(self, since: datetime, *, retries: int) -> tuple[Spoiled, ...]:
        """Return what infrastructure spoiled, and nobody asked for again yet."""
        return tuple(
            Spoiled(run=key, request=run.request, place=run.taken())
            for key, run in self._spoiled.items()
            if run.request.retry < retries
        )

    def _intend(self, run: Run, order: Order) -> None:
        run.state, run.order = RunState.INTENDED, order
        self._intended[order.run] = run
        self._placed.setdefault((order.job, order.platform), {})[order.run] = run
        self._settle(run.request)

    def _leave(self, run: str, state: RunState) -> Run:
        left = self._runs[run]
        left.state = state
        self._intended.pop(run, None)
        return left

    def _settle(self, request: Request) -> None:
        """Keep the request among those that wait, or not, as its runs stand."""
        if any(run.state is RunState.WAITING for run in self._by_request[request.key]):
            self._waiting[request.key] = request
        else:
            self._waiting.pop(request.key, None)

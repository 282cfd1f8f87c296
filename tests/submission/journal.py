# SPDX-License-Identifier: LGPL-2.1-or-later
"""A journal in memory."""

import threading
from collections.abc import Sequence
from datetime import datetime

from models import Order, Outcome, Queued, Reason, Revision, RunState, Sent, Word


class MemoryJournal:
    """The journal as its protocol says, in memory, and strict about who tells it what."""

    def __init__(self, *orders: Order) -> None:
        self.planned: dict[str, Order] = {}
        self.states: dict[str, RunState] = {}
        self.texts: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.told_api: dict[str, RunState] = {}
        self.times: dict[str, datetime] = {}
        self.revisions: dict[str, Revision] = {}
        self.told: list[Outcome] = []
        self._thread = threading.get_ident()
        self.intend(*orders)

    def intend(self, *orders: Order) -> None:
        """Plan runs, as a cycle does before it sends them."""
        for planned in orders:
            assert self.states.get(planned.run, RunState.WAITING) is RunState.WAITING
            self.planned[planned.run] = planned
            self.states[planned.run] = RunState.INTENDED

    def runs(self, state: RunState) -> list[str]:
        """Return the runs that are in a state."""
        return [run for run, now_in in self.states.items() if now_in is state]

    def orders(self) -> tuple[Order, ...]:
        """Return what is intended."""
        return tuple(self.planned[run] for run in self.runs(RunState.INTENDED))

    def mark_submitted(self, run: str, job_id: str, now: datetime) -> None:
        """Write down the job of a run."""
        self._write(run, RunState.SUBMITTED, job_id, now)

    def mark_dry_run(self, runs: tuple[str, ...], now: datetime) -> None:
        """Write down runs that were not to be sent."""
        for run in runs:
            self._write(run, RunState.DRY_RUN, "", now)

    def mark_failed(self, run: str, text: str, code: str, now: datetime) -> None:
        """Write down why a run cannot be sent."""
        self._write(run, RunState.FAILED, text, now)
        self.codes[run] = code

    def mark_node(self, run: str, node_id: str) -> None:
        """Write down the node of a run."""
        assert threading.get_ident() == self._thread
        self.planned[run] = self.planned[run].model_copy(update={"node_id": node_id})

    def awaits(self, order: Order) -> bool:
        """Tell whether the run is where the order says."""
        known = self.planned[order.run]
        same = (known.plan, known.intended) == (order.plan, order.intended)
        return (
            same
            and known.runtime == order.runtime
            and self.states[order.run] is not RunState.WAITING
        )

    def mark_sought(self, run: str, now: datetime) -> None:
        """Write down since when a run is looked for."""
        assert self.states[run] is RunState.INTENDED
        known = self.planned[run]
        if known.sought is None:
            self.planned[run] = known.model_copy(update={"sought": now})

    def untold(self) -> tuple[Word, ...]:
        """Return what the API was not told yet."""
        return tuple(
            Word(
                run=run,
                node_id=order.node_id,
                state=self.states[run],
                runtime=order.runtime,
                job_id=self.texts.get(run),
                context=order.context,
                result=None,
                error_code=self.codes.get(run),
                text=self.texts.get(run),
            )
            for run, order in self.planned.items()
            if order.node_id is not None
            and self.told_api.get(run) is not self.states[run]
            and self.states[run] not in (RunState.INTENDED, RunState.WAITING)
        )

    def mark_told(self, words: Sequence[Word]) -> None:
        """Write down what the API was told."""
        self.told_api |= {word.run: word.state for word in words}

    def give_back(self, run: str, now: datetime, reason: Reason | None = None) -> None:
        """Have a run wait again."""
        self._write(run, RunState.WAITING, "" if reason is None else reason.text, now)

    def under_way(self) -> dict[str, tuple[Sent, ...]]:
        """Return what was sent and is not over, by runtime."""
        found: dict[str, tuple[Sent, ...]] = {}
        for run in (*self.runs(RunState.SUBMITTED), *self.runs(RunState.STARTED)):
            order = self.planned[run]
            sent = Sent(
                run=run,
                runtime=order.runtime,
                job_id=self.texts.get(run),
                device_type=order.device_type,
                node_id=order.node_id,
                submitted=self.times.get(run),
            )
            found[order.runtime] = (*found.get(order.runtime, ()), sent)
        return found

    def queued(self) -> tuple[Queued, ...]:
        """Return what was sent and did not start; here all revisions are unknown but those told."""
        started = {outcome.run for outcome in self.told if outcome.state is RunState.STARTED}
        return tuple(
            Queued(sent=sent, revision=self.revisions.get(sent.run))
            for runs in self.under_way().values()
            for sent in runs
            if sent.run not in started
        )

    def record_outcomes(self, outcomes: tuple[Outcome, ...], now: datetime) -> None:
        """Keep what was told."""
        assert threading.get_ident() == self._thread
        for outcome in outcomes:
            self.told.append(outcome)
            self.states[outcome.run] = outcome.state
            self.times[outcome.run] = now

    def _write(self, run: str, state: RunState, text: str, now: datetime) -> None:
        assert threading.get_ident() == self._thread
        assert self.states[run] is RunState.INTENDED
        self.states[run], self.texts[run], self.times[run] = state, text, now

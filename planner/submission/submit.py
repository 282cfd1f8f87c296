# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends what a recorded plan intends, each run at most once.

Three steps, each written down before the next one: the run's own node at the API, the run at its
runtime, and that the API is told of it (tell.py).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models import (
    Catalog,
    ExitCode,
    LabType,
    Node,
    Order,
    PlannerError,
    Reason,
    ReasonCode,
    RunState,
    SubmitMode,
)
from planner.kernelci import AwayError
from planner.runtimes import LabRuntime, at_once
from planner.submission.attempt import Attempt, attempt, interrupted, without_node
from planner.submission.journal import Journal
from planner.submission.lanes import lanes
from planner.submission.late import take_back
from planner.submission.nodes import Nodes
from planner.submission.report import SubmitReport

log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds without a word after which a runtime is left behind

NODES_AT_ONCE = 8

Progress = Callable[[Order, RunState], None]


def submit_modes(catalog: Catalog, runtimes: Mapping[str, LabRuntime]) -> dict[str, SubmitMode]:
    """Return whether runs are really sent, for each runtime of the catalog.

    The settings decide, by the runtime's name or else its type. Where they say nothing, nothing
    leaves this machine: runs of the shell are started if there is a way to (the runtime is among
    `runtimes`), all others are not sent.

    Raises:
        PlannerError: if the settings ask for live runs where there is no way to send any.
    """
    modes = {}
    for name, runtime in catalog.runtimes.items():
        here = runtime.lab_type is LabType.SHELL and name in runtimes
        default = SubmitMode.LIVE if here else SubmitMode.DRY_RUN
        mode = catalog.submit_mode(runtime) or default
        if mode is SubmitMode.LIVE and name not in runtimes:
            text = f"planner.submit asks for live runs in '{name}', and nothing here speaks to"
            raise PlannerError(f"{runtime.where}: {text} runtimes of type {runtime.lab_type}")
        modes[name] = mode
    return modes


@dataclass(frozen=True)
class Sender:
    """What sending takes besides the journal: the site, the ways to its labs, and the API.

    `modes` says whether runs are really sent, for each runtime; `in_flight` runs are in the hands
    of a runtime at a time. A runtime that says nothing for `patience` seconds is left behind.
    `hindered` is asked right before anything is sent, and says why it may not be; `refused` is
    asked in the same moment whether this run may not be sent to where its plan puts it any more.
    """

    catalog: Catalog
    runtimes: Mapping[str, LabRuntime]
    modes: Mapping[str, SubmitMode]
    clock: Callable[[], datetime]
    nodes: Nodes = field(default_factory=Nodes)
    hindered: Callable[[], str | None] = lambda: None
    refused: Callable[[Order], Reason | None] = lambda _: None
    patience: float = PATIENCE

    @property
    def in_flight(self) -> int:
        """How many runs may be in the hands of one runtime."""
        return self.catalog.planner.in_flight

    def submit(
        self,
        journal: Journal,
        orders: Sequence[Order],
        *,
        progress: Progress | None = None,
    ) -> SubmitReport:
        """Send `orders`, whose intents are in the journal, and write down what came of each.

        Runtimes are served side by side. A run that cannot be rendered, or is refused, fails
        alone. One whose sending went wrong is looked for: it counts as sent, is given back, or,
        where even that cannot be told, stays intended. What is not begun while its plan is good,
        or what its lab does not admit any more, is given back.

        Raises:
            PlannerError: if the lead was lost meanwhile; what arrived after that, and that nobody
                waits for any more, is taken back.
        """
        return _Submission(self, journal, progress).run(orders)


class _Submission:
    """One submission as it goes."""

    def __init__(self, sender: Sender, journal: Journal, progress: Progress | None) -> None:
        self._sender, self._journal, self._progress = sender, journal, progress
        self._report = SubmitReport()

    def run(self, orders: Sequence[Order]) -> SubmitReport:
        live, dry = [], []
        for order in orders:
            mode = self._sender.modes.get(order.runtime, SubmitMode.DRY_RUN)
            if mode is SubmitMode.DRY_RUN:
                dry.append(order)
            elif order.runtime in self._sender.runtimes:
                live.append(order)
            else:
                text = f"there is no way to reach '{order.runtime}'"
                self._record(order, Attempt(RunState.WAITING, text))
        self._leave_unsent(dry)
        nodes = self._create_nodes(live)
        work: dict[str, list[Order]] = {}
        for order in live:
            if order.run in nodes:
                work.setdefault(order.runtime, []).append(order)
        self._send(work, nodes)
        return self._report

    def _leave_unsent(self, orders: Sequence[Order]) -> None:
        if orders:
            runs = tuple(order.run for order in orders)
            self._journal.mark_dry_run(runs, self._sender.clock())
        for order in orders:
            self._tell(order, Attempt(RunState.DRY_RUN, ""))

    def _create_nodes(self, orders: Sequence[Order]) -> dict[str, Node]:
        """Return the node of each run that has one now; of the others it is known why not."""
        nodes = self._sender.nodes
        if nodes.api is None:
            return {order.run: nodes.ensure(order) for order in orders}
        made: dict[str, Node] = {}
        away: list[Attempt] = []

        def create(_: str, order: Order) -> Node | Attempt:
            refusal = self._refusal(order) or next(iter(away), None)
            if refusal is not None:
                return refusal
            try:
                job_id = self._sender.runtimes[order.runtime].job_id(order.run)
                return nodes.ensure(order, job_id)
            except AwayError as error:  # then the others need not wait for that as well
                away.append(Attempt(RunState.WAITING, str(error)))
                return away[0]

        with lanes({"the API": orders}, create, self._sender.patience, NODES_AT_ONCE) as all_news:
            for news in all_news:
                order, result = news.item, news.result
                if isinstance(result, Attempt):
                    self._record(order, result)
                elif result is None:
                    self._record(order, without_node(news.error))
                else:
                    self._journal.mark_node(order.run, result["id"])
                    made[order.run] = result
        return made

    def _send(self, work: Mapping[str, Sequence[Order]], nodes: Mapping[str, Node]) -> None:
        sender = self._sender

        def send(name: str, order: Order) -> Attempt:
            return self._refusal(order) or attempt(
                sender.runtimes[name],
                order,
                sender.catalog,
                nodes[order.run],
                lambda: self._hindrance(order),
            )

        quick = at_once(sender.runtimes)
        lost: PlannerError | None = None
        with lanes(work, send, sender.patience, sender.in_flight, quick) as all_news:
            for news in all_news:
                sending = news.result or interrupted(news.error)
                try:
                    if lost is None:
                        self._record(news.item, sending)
                except PlannerError as error:
                    if error.exit_code is not ExitCode.LOCKED:
                        raise
                    lost = error
                if lost is not None:
                    take_back(self._journal, sender.runtimes, news.item, sending.job_id)
        if lost is not None:
            raise lost

    def _refusal(self, order: Order) -> Attempt | None:
        """Return why a run may not be sent any more, None if it may."""
        if (hindrance := self._hindrance(order)) is not None:
            return hindrance
        if (reason := self._sender.refused(order)) is not None:
            return Attempt(RunState.WAITING, reason.text, reason=reason)
        return None

    def _hindrance(self, order: Order) -> Attempt | None:
        """Return why nothing may be sent any more, or not by this plan; None if it may."""
        sender = self._sender
        if (hindrance := sender.hindered()) is not None:
            return Attempt(RunState.WAITING, hindrance)
        if order.send_by is not None and sender.clock() > order.send_by:
            text = f"the plan was good until {order.send_by:%H:%M:%S} UTC only"
            return Attempt(RunState.WAITING, text)
        return None

    def _record(self, order: Order, sending: Attempt) -> None:
        state, text, now = sending.state, sending.text, self._sender.clock()
        if state is RunState.SUBMITTED:
            self._journal.mark_submitted(order.run, text, now)
        elif state is RunState.FAILED:
            self._journal.mark_failed(order.run, text, str(sending.code), now)
        elif state is RunState.WAITING:
            reason = sending.reason or Reason.of(ReasonCode.NOT_SENT, text)
            self._journal.give_back(order.run, now, reason)
        else:
            self._journal.mark_sought(order.run, now)
        if state is not RunState.SUBMITTED:
            log.warning("%s: %s: %s", order.run, state, text)
        self._tell(order, sending)

    def _tell(self, order: Order, sending: Attempt) -> None:
        self._report.add(order.runtime, order.run, sending.state, sending.text)
        if self._progress is not None:
            self._progress(order, sending.state)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends what a recorded plan intends, each run at most once.

Three steps, each written down before the next one: the run's own node at the API, the run at its
runtime, and that the API is told of it (tell.py).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from models import (
    Catalog,
    Dispatch,
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
from planner.kernelci import AwayError, ErrorCode, RefusedError
from planner.runtimes import DefinitionError, LabRuntime, NotSentError, at_once
from planner.submission.journal import Journal
from planner.submission.lanes import NotBegunError, lanes
from planner.submission.late import take_back
from planner.submission.nodes import NodeOverError, Nodes
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
                self._record(order, _Sending(RunState.WAITING, text))
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
            self._tell(order, _Sending(RunState.DRY_RUN, ""))

    def _create_nodes(self, orders: Sequence[Order]) -> dict[str, Node]:
        """Return the node of each run that has one now; of the others it is known why not."""
        nodes = self._sender.nodes
        if nodes.api is None:
            return {order.run: nodes.ensure(order) for order in orders}
        made: dict[str, Node] = {}
        away: list[_Sending] = []

        def create(_: str, order: Order) -> Node | _Sending:
            unsent = self._refusal(order) or next(iter(away), None)
            if unsent is not None:
                return unsent
            try:
                job_id = self._sender.runtimes[order.runtime].job_id(order.run)
                return nodes.ensure(order, job_id)
            except AwayError as error:  # then the others need not wait for that as well
                away.append(_Sending(RunState.WAITING, str(error)))
                return away[0]

        with lanes({"the API": orders}, create, self._sender.patience, NODES_AT_ONCE) as all_news:
            for news in all_news:
                order, result = news.item, news.result
                if isinstance(result, _Sending):
                    self._record(order, result)
                elif result is None:
                    self._record(order, _no_node(news.error))
                else:
                    self._journal.mark_node(order.run, result["id"])
                    made[order.run] = result
        return made

    def _send(self, work: Mapping[str, Sequence[Order]], nodes: Mapping[str, Node]) -> None:
        sender = self._sender

        def send(name: str, order: Order) -> _Sending:
            return self._refusal(order) or _send(
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
                sending = news.result or _unsent(news.error)
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

    def _refusal(self, order: Order) -> "_Sending | None":
        """Return why a run may not be sent any more, None if it may."""
        if (hindrance := self._hindrance(order)) is not None:
            return hindrance
        if (reason := self._sender.refused(order)) is not None:
            return _Sending(RunState.WAITING, reason.text, reason=reason)
        return None

    def _hindrance(self, order: Order) -> "_Sending | None":
        """Return why nothing may be sent any more, or not by this plan; None if it may."""
        sender = self._sender
        if (hindrance := sender.hindered()) is not None:
            return _Sending(RunState.WAITING, hindrance)
        if order.send_by is not None and sender.clock() > order.send_by:
            text = f"the plan was good until {order.send_by:%H:%M:%S} UTC only"
            return _Sending(RunState.WAITING, text)
        return None

    def _record(self, order: Order, sending: "_Sending") -> None:
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

    def _tell(self, order: Order, sending: "_Sending") -> None:
        self._report.add(order.runtime, order.run, sending.state, sending.text)
        if self._progress is not None:
            self._progress(order, sending.state)


class _Sending(NamedTuple):
    """What came of sending a run; the text is the job id, or why there is none."""

    state: RunState
    text: str
    code: ErrorCode = ErrorCode.SUBMIT_ERROR
    reason: Reason | None = None

    @property
    def job_id(self) -> str | None:
        """The id of the job, None if there is none as far as is known."""
        return self.text if self.state is RunState.SUBMITTED else None


def _no_node(error: Exception | None) -> _Sending:
    """Return what it means that a run got no node: nothing was sent anywhere else."""
    if isinstance(error, NodeOverError):
        return _Sending(RunState.FAILED, str(error))
    if isinstance(error, RefusedError):
        # A wrong token is no fault of the run: it waits until that is mended.
        failed = error.status not in (401, 403)
        return _Sending(RunState.FAILED if failed else RunState.WAITING, str(error))
    return _unsent(error)


def _send(
    runtime: LabRuntime,
    order: Order,
    catalog: Catalog,
    node: Node,
    hindrance: Callable[[], _Sending | None],
) -> _Sending:
    """Render and send one run; whatever goes wrong becomes a result.

    `hindrance` is asked between the two: to render may have taken its time.
    """
    job, platform = catalog.jobs.get(order.job), catalog.platforms.get(order.platform)
    if job is None or platform is None:
        gone = f"job '{order.job}'" if job is None else f"platform '{order.platform}'"
        return _Sending(RunState.FAILED, f"{gone} is not configured any more")
    # By its node a runtime finds the run again, and the journal may have learned of it just now.
    order = order.model_copy(update={"node_id": node["id"]})
    dispatch = Dispatch(order=order, job=job, platform=platform, node=node)
    try:
        definition = runtime.render(dispatch)
    except NotSentError as error:
        return _Sending(RunState.WAITING, str(error))
    except DefinitionError as error:
        return _Sending(RunState.FAILED, str(error), ErrorCode(error.code))
    except Exception as error:  # nothing was sent yet, so whatever it is concerns this run only
        return _Sending(RunState.FAILED, _text(error), ErrorCode.JOB_GENERATION_ERROR)
    if (unsent := hindrance()) is not None:
        return unsent
    try:
        return _Sending(RunState.SUBMITTED, runtime.submit(dispatch, definition))
    except NotSentError as error:
        return _Sending(RunState.WAITING, str(error))
    except PlannerError as error:
        return _Sending(RunState.FAILED, str(error))
    except Exception as error:  # it may have arrived all the same
        return _look_again(runtime, order, _text(error))


def _look_again(runtime: LabRuntime, order: Order, text: str) -> _Sending:
    log.warning("%s: %s; looking for it", order.run, text)
    try:
        job_id = runtime.find(order)
    except Exception as error:  # then nothing is known, and nothing may be sent
        return _Sending(RunState.INTENDED, f"{text}; then: {_text(error)}")
    if job_id is not None:
        return _Sending(RunState.SUBMITTED, job_id)
    if runtime.settles:
        return _Sending(RunState.INTENDED, f"{text}; it is not there yet, and may still be coming")
    return _Sending(RunState.WAITING, text)


def _unsent(error: Exception | None) -> _Sending:
    """Return what an error of the lane means: only what was not begun is known to be unsent."""
    unsent = isinstance(error, NotBegunError)
    return _Sending(RunState.WAITING if unsent else RunState.INTENDED, str(error))


def _text(error: Exception) -> str:
    return str(error) if isinstance(error, PlannerError) else f"{type(error).__name__}: {error}"

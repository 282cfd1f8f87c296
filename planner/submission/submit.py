# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sends what a recorded plan intends, each run at most once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from models import Catalog, Dispatch, Node, Order, PlannerError, RunState, SubmitMode
from planner.kernelci import new_node
from planner.runtimes import LabRuntime, NotSentError
from planner.submission.journal import Journal
from planner.submission.lanes import NotBegunError, lanes
from planner.submission.report import SubmitReport

log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds without a word after which a runtime is left behind

Progress = Callable[[Order, RunState], None]


def submit_modes(catalog: Catalog, runtimes: Mapping[str, LabRuntime]) -> dict[str, SubmitMode]:
    """Return whether runs are really sent, for each runtime of the catalog.

    The settings decide, by the runtime's name or else its type; where they say nothing, runs are
    sent if there is a way to (the runtime is among `runtimes`).

    Raises:
        PlannerError: if the settings ask for live runs where there is no way to send any.
    """
    said = catalog.planner.submit
    modes = {}
    for name, runtime in catalog.runtimes.items():
        default = SubmitMode.LIVE if name in runtimes else SubmitMode.DRY_RUN
        mode = said.get(name) or said.get(runtime.lab_type) or default
        if mode is SubmitMode.LIVE and name not in runtimes:
            text = f"planner.submit asks for live runs in '{name}', and nothing here speaks to"
            raise PlannerError(f"{runtime.where}: {text} runtimes of type {runtime.lab_type}")
        modes[name] = mode
    return modes


def submit(
    journal: Journal,
    orders: Sequence[Order],
    catalog: Catalog,
    runtimes: Mapping[str, LabRuntime],
    modes: Mapping[str, SubmitMode],
    clock: Callable[[], datetime],
    progress: Progress | None = None,
    *,
    patience: float = PATIENCE,
) -> SubmitReport:
    """Send `orders`, whose intents are in the journal, and write down what came of each.

    Runtimes are served side by side. A run that cannot be rendered, or is refused, fails alone.
    One whose sending went wrong is looked for: it counts as sent, is given back, or, where even
    that cannot be told, stays intended.
    """
    report = SubmitReport()

    def record(order: Order, state: RunState, text: str) -> None:
        _record(journal, order, state, text, clock())
        report.add(order.runtime, order.run, state, text)
        if progress is not None:
            progress(order, state)

    work: dict[str, list[Order]] = {}
    dry: list[Order] = []
    for order in orders:
        live = modes.get(order.runtime, SubmitMode.DRY_RUN) is SubmitMode.LIVE
        if not live:
            dry.append(order)
        elif order.runtime in runtimes:
            work.setdefault(order.runtime, []).append(order)
        else:
            record(order, RunState.WAITING, f"there is no way to reach '{order.runtime}'")
    if dry:
        journal.mark_dry_run(tuple(order.run for order in dry), clock())
    for order in dry:
        report.add(order.runtime, order.run, RunState.DRY_RUN, "")
        if progress is not None:
            progress(order, RunState.DRY_RUN)

    def send(name: str, order: Order) -> "_Sending":
        return _send(runtimes[name], order, catalog)

    with lanes(work, send, patience) as all_news:
        for news in all_news:
            record(news.item, *(news.result or _unsent(news.error)))
    return report


class _Sending(NamedTuple):
    """What came of sending a run; the text is the job id, or why there is none."""

    state: RunState
    text: str


def _send(runtime: LabRuntime, order: Order, catalog: Catalog) -> _Sending:
    """Render and send one run; whatever goes wrong becomes a result."""
    job, platform = catalog.jobs.get(order.job), catalog.platforms.get(order.platform)
    if job is None or platform is None:
        gone = f"job '{order.job}'" if job is None else f"platform '{order.platform}'"
        return _Sending(RunState.FAILED, f"{gone} is not configured any more")
    try:
        dispatch = Dispatch(order=order, job=job, platform=platform, node=_node(order))
        definition = runtime.render(dispatch)
    except NotSentError as error:
        return _Sending(RunState.WAITING, str(error))
    except Exception as error:  # nothing was sent yet, so whatever it is concerns this run only
        return _Sending(RunState.FAILED, _text(error))
    try:
        return _Sending(RunState.SUBMITTED, runtime.submit(dispatch, definition))
    except NotSentError as error:
        return _Sending(RunState.WAITING, str(error))
    except PlannerError as error:
        return _Sending(RunState.FAILED, str(error))
    except Exception as error:  # it may have arrived all the same
        return _look_again(runtime, order, _text(error))


def _node(order: Order) -> Node:
    """Return the run's own node, as it is without an API to create it."""
    return {"id": order.node_id or order.run, **new_node(order, "")}


def _look_again(runtime: LabRuntime, order: Order, text: str) -> _Sending:
    log.warning("%s: %s; looking for it", order.run, text)
    try:
        job_id = runtime.find(order)
    except Exception as error:  # then nothing is known, and nothing may be sent
        return _Sending(RunState.INTENDED, f"{text}; then: {_text(error)}")
    if job_id is None:
        return _Sending(RunState.WAITING, text)
    return _Sending(RunState.SUBMITTED, job_id)


def _unsent(error: Exception | None) -> _Sending:
    """Return what an error of the lane means: only what was not begun is known to be unsent."""
    unsent = isinstance(error, NotBegunError)
    return _Sending(RunState.WAITING if unsent else RunState.INTENDED, str(error))


def _record(journal: Journal, order: Order, state: RunState, text: str, now: datetime) -> None:
    if state is RunState.SUBMITTED:
        journal.mark_submitted(order.run, text, now)
    elif state is RunState.FAILED:
        journal.mark_failed(order.run, text, now)
    elif state is RunState.WAITING:
        journal.give_back(order.run, now)
    if state is not RunState.SUBMITTED:
        log.warning("%s: %s: %s", order.run, state, text)


def _text(error: Exception) -> str:
    return str(error) if isinstance(error, PlannerError) else f"{type(error).__name__}: {error}"

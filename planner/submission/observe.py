# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks the runtimes what became of the runs that were sent."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from models import FINAL_STATES, Outcome, RunState, Sent
from planner.runtimes import LabRuntime, at_once
from planner.submission.journal import Journal
from planner.submission.lanes import lanes
from planner.submission.submit import PATIENCE

log = logging.getLogger(__name__)

POLL = 0.2  # seconds between two looks while waiting
LONGEST_POLL = 10.0  # where nothing changes for long: labs are not to be asked without end


def observe(
    journal: Journal,
    runtimes: Mapping[str, LabRuntime],
    now: datetime,
    *,
    patience: float = PATIENCE,
) -> tuple[Outcome, ...]:
    """Return and record where the runs under way in `runtimes` stand.

    A runtime that does not answer is passed over: its runs stay under way.
    """
    outcomes, _ = _look(journal, runtimes, now, patience)
    return outcomes


def wait(
    journal: Journal,
    runtimes: Mapping[str, LabRuntime],
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
    progress: Callable[[Outcome], None] | None = None,
    *,
    patience: float = PATIENCE,
) -> tuple[Outcome, ...]:
    """Observe until nothing is under way in `runtimes`; return the outcomes of what ended.

    `progress` hears of each run when its state is another than at the last look. A runtime that
    does not answer is not waited for any longer.
    """
    asked = dict(runtimes)
    states: dict[str, RunState] = {}
    ended: list[Outcome] = []
    pause = POLL
    while any(journal.under_way().get(name) for name in asked):
        outcomes, silent = _look(journal, asked, clock(), patience)
        pause = min(2 * pause, LONGEST_POLL)
        for outcome in outcomes:
            if states.get(outcome.run) is outcome.state:
                continue
            states[outcome.run] = outcome.state
            pause = POLL
            if outcome.state in FINAL_STATES:
                ended.append(outcome)
            if progress is not None:
                progress(outcome)
        for name in silent:
            del asked[name]
        if not outcomes or any(outcome.state not in FINAL_STATES for outcome in outcomes):
            sleep(pause)
    return tuple(ended)


def _look(
    journal: Journal, runtimes: Mapping[str, LabRuntime], now: datetime, patience: float
) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """Ask every runtime once; return what they say, and the names of those that do not answer."""
    under_way = journal.under_way()
    work = {name: [under_way[name]] for name in runtimes if under_way.get(name)}
    outcomes: list[Outcome] = []
    silent = []

    def ask(name: str, runs: tuple[Sent, ...]) -> tuple[Outcome, ...]:
        return runtimes[name].observe(runs)

    with lanes(work, ask, patience, at_once=at_once(runtimes)) as all_news:
        for news in all_news:
            if news.result is None:
                log.warning("%s: its runs cannot be observed now: %s", news.lane, news.error)
                silent.append(news.lane)
            else:
                outcomes += news.result
    if outcomes:
        journal.record_outcomes(tuple(outcomes), now)
    return tuple(outcomes), tuple(silent)

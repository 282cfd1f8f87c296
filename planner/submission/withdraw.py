# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes runs back that wait in a lab's queue and that nobody wants any more."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from models import Catalog, Event, Outcome, Queued, Revision, RunState, Sent
from planner.demand import is_superseded
from planner.runtimes import LabRuntime, at_once
from planner.submission.journal import Journal
from planner.submission.lanes import lanes
from planner.submission.submit import PATIENCE

log = logging.getLogger(__name__)

Unwanted = tuple[Sent, Outcome]


def unwanted(
    journal: Journal,
    catalog: Catalog,
    newest: Mapping[tuple[str, str], Revision],
    events: Sequence[Event],
) -> tuple[Unwanted, ...]:
    """Return the runs that wait in a queue for nothing, each with what it will have come to.

    Nobody waits for a run whose node is over (it timed out, as the events tell), and a lab may have
    agreed that runs of older revisions (than `newest`) are taken back.
    """
    over = {
        event.data["id"]
        for event in events
        if event.channel == "node" and event.data.get("state") == "done" and "id" in event.data
    }
    found = []
    for one in journal.queued():
        text, spoiled = _why(one, catalog, newest, over)
        if text is not None:
            outcome = Outcome(
                run=one.sent.run,
                state=RunState.FINISHED,
                result="incomplete",
                infrastructure=spoiled,
                detail=text,
            )
            found.append((one.sent, outcome))
    return tuple(found)


def _why(
    one: Queued,
    catalog: Catalog,
    newest: Mapping[tuple[str, str], Revision],
    over: set[str],
) -> tuple[str | None, bool]:
    """Return why nobody wants a run (None: somebody does), and whether its place is to blame."""
    if one.sent.node_id in over:
        return "it never started, and its node is over", True
    revision = one.revision
    contract = catalog.contract(one.sent.runtime)
    if revision is None or contract is None or not contract.cancel_superseded:
        return None, False
    newer = newest.get((revision.tree, revision.branch))
    if newer is None or not is_superseded(newer, revision):
        return None, False
    return f"superseded: {newer.tree}:{newer.branch} went on to {newer.commit[:12]}", False


def withdraw(
    journal: Journal,
    runtimes: Mapping[str, LabRuntime],
    runs: Iterable[Unwanted],
    now: datetime,
    *,
    patience: float = PATIENCE,
) -> tuple[Outcome, ...]:
    """Cancel these runs, and return and record what came of those that could be."""
    work: dict[str, list[Unwanted]] = {}
    for sent, outcome in runs:
        if sent.runtime in runtimes:
            work.setdefault(sent.runtime, []).append((sent, outcome))

    def cancel(name: str, one: Unwanted) -> Outcome:
        runtimes[name].cancel(one[0])
        return one[1]

    taken = []
    with lanes(work, cancel, patience, at_once=at_once(runtimes)) as all_news:
        for news in all_news:
            if news.result is None:
                log.warning("%s cannot be taken back now: %s", news.item[0].run, news.error)
            else:
                taken.append(news.result)
    if taken:
        journal.record_outcomes(tuple(taken), now)
    return tuple(taken)

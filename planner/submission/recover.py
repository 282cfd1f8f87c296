# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes up what a cycle that died had begun, before anything new is sent."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models import Catalog, Order
from planner.runtimes import LabRuntime
from planner.submission.journal import Journal
from planner.submission.lanes import lanes
from planner.submission.submit import PATIENCE

log = logging.getLogger(__name__)


@dataclass
class RecoverReport:
    """The runs of dead cycles: those that had arrived, had not, or cannot be told of yet."""

    found: list[str] = field(default_factory=list)
    given_back: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)


def recover(
    journal: Journal,
    catalog: Catalog,
    runtimes: Mapping[str, LabRuntime],
    now: datetime,
    *,
    patience: float = PATIENCE,
) -> RecoverReport:
    """Look for every intended run by its key: found, it was submitted; if not, it is given back.

    `runtimes` are all that can be reached, also those in dry run today: they may have been live
    yesterday. Where nothing speaks to a runtime, nothing was ever sent there: its runs are given
    back too, and not written off as dry runs, because the next plan may place them where they
    really run. A runtime that does not answer, or is not in the catalog any more, keeps its runs
    intended until it can be asked.
    """
    report = RecoverReport()
    work: dict[str, list[Order]] = {}

    def give_back(run: str) -> None:
        journal.give_back(run, now)
        report.given_back.append(run)

    def leave(run: str, text: str) -> None:
        log.warning("%s: cannot tell whether it was sent: %s", run, text)
        report.unknown[run] = text

    for order in journal.orders():
        if order.runtime in runtimes:
            work.setdefault(order.runtime, []).append(order)
        elif order.runtime in catalog.runtimes:
            give_back(order.run)
        else:
            leave(order.run, f"runtime '{order.runtime}' is not configured, and cannot be asked")

    def find(name: str, order: Order) -> str | None:
        return runtimes[name].find(order)

    with lanes(work, find, patience) as all_news:
        for news in all_news:
            run = news.item.run
            if news.error is not None:
                leave(run, str(news.error))
            elif news.result is not None:
                journal.mark_submitted(run, news.result, now)
                report.found.append(run)
            else:
                give_back(run)
    return report

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes up what a cycle that died had begun, before anything new is sent."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from models import Order, Reason, ReasonCode
from planner.runtimes import LabRuntime, at_once
from planner.submission.journal import Journal
from planner.submission.lanes import lanes
from planner.submission.nodes import Nodes
from planner.submission.submit import Sender

log = logging.getLogger(__name__)


@dataclass
class RecoverReport:
    """The runs of dead cycles: those that had arrived, had not, or cannot be told of yet."""

    found: list[str] = field(default_factory=list)
    given_back: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)


class _Found(NamedTuple):
    """What is there of a run; where something is not, it may be coming for `settles` seconds."""

    node_id: str | None
    job_id: str | None
    settles: int


def recover(journal: Journal, sender: Sender) -> RecoverReport:
    """Look for every intended run by its key: found, it was submitted; if not, it is given back.

    The sender's runtimes are all that can be reached, also those in dry run today: they may have
    been live yesterday. Where nothing speaks to a runtime, nothing was ever sent there: its runs
    are given back too, and not written off as dry runs, because the next plan may place them where
    they really run. A runtime that does not answer, or is not in the catalog any more, keeps its
    runs intended until it can be asked, and one where a run may still be on its way until that is
    over.
    """
    return _Recovery(journal, sender).run()


class _Recovery:
    """One recovery as it goes."""

    def __init__(self, journal: Journal, sender: Sender) -> None:
        self._journal, self._sender = journal, sender
        self._now = sender.clock()
        self._report = RecoverReport()

    def run(self) -> RecoverReport:
        runtimes = self._sender.runtimes
        work: dict[str, list[Order]] = {}
        for order in self._journal.orders():
            if order.runtime in runtimes:
                work.setdefault(order.runtime, []).append(order)
            elif order.runtime in self._sender.catalog.runtimes:
                self._give_back(order)
            else:
                text = f"runtime '{order.runtime}' is not configured, and cannot be asked"
                self._leave(order, text)

        def find(name: str, order: Order) -> _Found:
            return _find(self._sender.nodes, runtimes[name], order)

        sender, quick = self._sender, at_once(runtimes)
        with lanes(work, find, sender.patience, sender.in_flight, quick) as all_news:
            for news in all_news:
                if news.result is None:
                    self._leave(news.item, str(news.error))
                else:
                    self._take(news.item, news.result)
        return self._report

    def _take(self, order: Order, found: _Found) -> None:
        if found.node_id is not None and order.node_id is None:
            self._journal.mark_node(order.run, found.node_id)
        if found.job_id is not None:
            self._journal.mark_submitted(order.run, found.job_id, self._now)
            self._report.found.append(order.run)
        elif self._has_settled(order, found.settles):
            self._give_back(order)
        else:
            self._journal.mark_sought(order.run, self._now)
            self._leave(order, "it is not there, and may still be on its way")

    def _has_settled(self, order: Order, settles: int) -> bool:
        if not settles:
            return True
        return order.sought is not None and self._now - order.sought >= timedelta(seconds=settles)

    def _give_back(self, order: Order) -> None:
        text = f"it was on its way to {order.runtime}, and did not arrive"
        self._journal.give_back(order.run, self._now, Reason.of(ReasonCode.NOT_SENT, text))
        self._report.given_back.append(order.run)

    def _leave(self, order: Order, text: str) -> None:
        log.warning("%s: cannot tell whether it was sent: %s", order.run, text)
        self._report.unknown[order.run] = text


def _find(nodes: Nodes, runtime: LabRuntime, order: Order) -> _Found:
    node_id = nodes.find(order)
    if nodes.api is not None and node_id is None:
        return _Found(None, None, nodes.settles)  # without a node it was sent nowhere
    named = order.model_copy(update={"node_id": node_id})
    return _Found(node_id, runtime.find(named), runtime.settles)

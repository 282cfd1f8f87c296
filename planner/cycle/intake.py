# SPDX-License-Identifier: LGPL-2.1-or-later
"""A batch becomes requests, and these join the backlog."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import (
    Batch,
    Catalog,
    Demand,
    End,
    Event,
    EventError,
    Node,
    NodeLookup,
    Policy,
    Request,
    RetriedBy,
    Revision,
    RunState,
)
from planner.candidates import misconfigured
from planner.cycle.memory import Memory
from planner.demand import expand, newest_revisions, review_backlog

RETRY = "retry"  # the channel on which KernelCI asks again


@dataclass(frozen=True)
class Intake:
    """What a batch of `events` brings: `new` requests, all that wait with them, and what ends.

    `excluded` counts the requests that KernelCI's filters want nowhere, by the filter. `newest` are
    the newest revisions of the branches, where those end requests.
    """

    events: tuple[Event, ...]
    new: tuple[Request, ...]
    waiting: tuple[Request, ...]
    ends: tuple[End, ...]
    excluded: Counter[str]
    parents: Mapping[str, Node]
    errors: tuple[EventError, ...]
    newest: Mapping[tuple[str, str], Revision]


def take_in(
    catalog: Catalog,
    policy: Policy,
    ledger: Memory,
    batch: Batch,
    nodes: NodeLookup | None,
    now: datetime,
    retries: Sequence[Request] = (),
) -> Intake:
    """Expand `batch` and have its requests join those that wait in `ledger`; nothing is written.

    A request ends unsent when a newer revision of its branch is here (if the policy says so), when
    its deadline is over, or when the configuration cannot serve it. `retries` ask for runs again;
    where the planner does that itself, it leaves KernelCI's retries alone.
    """
    demand = expand(
        catalog,
        _without_retries(batch) if by_planner(catalog) else batch,
        nodes=_Remembering(nodes, ledger, now) if nodes else None,
        now=now,
        deadline_s=policy.deadline,
    )
    new, excluded = _sort(catalog, ledger, demand)
    new += retries
    newest = newest_revisions(demand.requests, ledger.revisions()) if policy.supersede else {}
    waiting, ends = review_backlog([*ledger.backlog(), *new], newest, now)
    reasons = {request.key: misconfigured(catalog, request) for request in waiting}
    withdrawn = [
        End(request=key, state=RunState.WITHDRAWN, reason=reason, at=now)
        for key, reason in reasons.items()
        if reason is not None
    ]
    return Intake(
        events=batch.events,
        new=tuple(new),
        waiting=tuple(request for request in waiting if reasons[request.key] is None),
        ends=(*ends, *withdrawn),
        excluded=excluded,
        parents=demand.parents,
        errors=(*batch.errors, *demand.errors),
        newest=newest,
    )


def by_planner(catalog: Catalog) -> bool:
    """Tell whether the planner asks itself for runs that were spoiled."""
    return catalog.planner.retries.by is RetriedBy.PLANNER


def _without_retries(batch: Batch) -> Batch:
    events = tuple(event for event in batch.events if event.channel != RETRY)
    return batch.model_copy(update={"events": events})


def _sort(catalog: Catalog, ledger: Memory, demand: Demand) -> tuple[list[Request], Counter[str]]:
    """Return the requests that the ledger has to keep, and count those that nobody wants run."""
    known = ledger.known([request.key for request in demand.requests])
    new: list[Request] = []
    excluded: Counter[str] = Counter()
    for request in demand.requests:
        if request.key in known:
            continue
        if request.candidates or misconfigured(catalog, request):
            new.append(request)
        else:
            excluded[request.rejections[0].reason.code] += 1
    return new, excluded


class _Remembering:
    """Nodes as they are looked up elsewhere, and what the ledger knows to have run besides."""

    def __init__(self, nodes: NodeLookup, ledger: Memory, now: datetime) -> None:
        self._nodes, self._ledger, self._now = nodes, ledger, now
        self.expect, self.get = nodes.expect, nodes.get

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        about = (job, tree, branch, platform)
        if self._nodes.ran_since(*about, since, until):
            return True
        # What we placed, we placed after the event, however late it was collected.
        return self._ledger.ran_since(*about, since, self._now)

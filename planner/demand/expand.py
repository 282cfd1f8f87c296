# SPDX-License-Identifier: LGPL-2.1-or-later
"""A batch of events becomes requests."""

import hashlib
from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from models import (
    Batch,
    Catalog,
    Demand,
    Entry,
    Event,
    EventError,
    Node,
    NodeLookup,
    Reason,
    Rejection,
    Request,
    Runs,
)
from planner.demand.filters import Filters, frequency_of
from planner.demand.matching import EntryIndex
from planner.demand.priority import DEFAULT, Priorities
from planner.demand.subject import Subject, SubjectError
from planner.demand.variants import too_few
from planner.demand.wishes import Target, Wish, wishes_of

DEADLINE_S = 6 * 3600  # KernelCI's own timeout of a new node


def expand(
    catalog: Catalog,
    batch: Batch | Iterable[Event],
    *,
    nodes: NodeLookup | None = None,
    now: datetime | None = None,
    deadline_s: int = DEADLINE_S,
) -> Demand:
    """Return the requests that the events of `batch` make, in their order.

    `nodes` are the nodes behind the events; without them an event's own dictionary stands for its
    node, and nothing is known of its ancestors and of what ran before. `now` is when the events
    were collected, and the requests' age counts from there; without it each event's own time
    counts. A request that wants nothing new (its key was seen) is counted in `merged`.
    """
    events = batch.events if isinstance(batch, Batch) else batch
    expansion = _Expansion(catalog, nodes, now, timedelta(seconds=deadline_s))
    index = EntryIndex(_owned(catalog))
    triggered = [(event, entries) for event in events if (entries := index.triggered(event))]
    if nodes is not None:
        nodes.expect([event for event, _ in triggered])
    for event, entries in triggered:
        expansion.take(event, entries)
    return Demand(
        requests=tuple(expansion.requests.values()),
        parents=expansion.parents,
        errors=tuple(expansion.errors),
        merged=expansion.merged,
    )


def _owned(catalog: Catalog) -> tuple[Entry, ...]:
    """Return the entries whose jobs are this planner's; others belong to another scheduler."""
    owns = catalog.planner.owns
    if owns is None:
        return catalog.entries
    return tuple(e for e in catalog.entries if any(fnmatchcase(e.job, name) for name in owns))


class _Expansion:
    """The requests of the events so far, by their keys."""

    def __init__(
        self,
        catalog: Catalog,
        nodes: NodeLookup | None,
        now: datetime | None,
        deadline: timedelta,
    ) -> None:
        self._catalog, self._nodes, self._now, self._deadline = catalog, nodes, now, deadline
        self._priorities = Priorities(catalog.build_configs.values())
        self._wishes: dict[str, tuple[Wish, ...]] = {}
        self._asked: dict[tuple[str | None, ...], list[datetime]] = {}
        self.requests: dict[str, Request] = {}
        self.parents: dict[str, Node] = {}
        self.errors: list[EventError] = []
        self.merged = 0

    def take(self, event: Event, entries: Iterable[Entry]) -> None:
        """Add what `entries` want of `event`."""
        try:
            subject = Subject.of(event, self._nodes, self._now)
        except SubjectError as error:
            self._blame(event, str(error))
            return
        self.parents[subject.node["id"]] = subject.node
        filters = Filters(subject, self._ran_since)
        for entry in entries:
            for wish in self._wishes_of(entry):
                self._add(self._request(wish, subject, filters), subject)
        if subject.lineage.missing is not None:
            missing = subject.lineage.missing
            self._blame(event, f"rules were decided without ancestor {missing}, which is not known")

    def _wishes_of(self, entry: Entry) -> tuple[Wish, ...]:
        if entry.id not in self._wishes:
            self._wishes[entry.id] = wishes_of(entry, self._catalog)
        return self._wishes[entry.id]

    def _add(self, request: Request, subject: Subject) -> None:
        """Keep one request of each key: one that has somewhere to go, if any of them has."""
        known = self.requests.get(request.key)
        if known is not None:
            self.merged += 1
        if known is None or (request.candidates and not known.candidates):
            self.requests[request.key] = request
            self._remember(request, subject)

    def _request(self, wish: Wish, subject: Subject, filters: Filters) -> Request:
        runs = _runs(wish, subject)
        found, rejections, error = self._sort(wish, runs, filters)
        job, moment = wish.job, subject.moment
        priority = self._priorities.of(job, subject.node, subject.revision) if job else DEFAULT
        return Request(
            key=_key(wish, subject),
            entry=wish.entry.id,
            job=wish.entry.job,
            kind=job.kind if job else "node",
            parent=subject.node["id"],
            retry=subject.retry,
            priority=priority,
            submitter=subject.submitter,
            runs=runs,
            candidates=tuple(target.place for target in found),
            rejections=rejections,
            revision=subject.tested,
            created=moment,
            deadline=moment + self._deadline,
            error=error,
            pin=subject.pin,
            jobfilter=subject.jobfilter,
            platform_filter=subject.platform_filter,
        )

    def _sort(
        self, wish: Wish, runs: Runs, filters: Filters
    ) -> tuple[list[Target], tuple[Rejection, ...], Reason | None]:
        """Return the places of a wish that no filter excludes, the others, and what is wrong."""
        if wish.job is None or not wish.targets:
            return [], wish.rejections, wish.error
        of_job = filters.of_job(wish.entry, wish.job)
        found: list[Target] = []
        refused: list[Rejection] = []
        for target in wish.targets:
            reason = of_job.refuse(target)
            if reason is None:
                found.append(target)
                continue
            place = target.place
            refused.append(Rejection(runtime=place.runtime, platform=place.platform, reason=reason))
        error = wish.error
        if found:
            error = error or too_few(self._catalog, wish.job, runs, found)
        return found, (*refused, *wish.rejections), error

    def _ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Tell whether such a node was made, or was asked for by an event before this one."""
        asked = self._asked.get((job, tree, branch, platform), [])
        position = bisect_left(asked, since)
        if position < len(asked) and asked[position] <= until:
            return True
        nodes = self._nodes
        return nodes is not None and nodes.ran_since(job, tree, branch, platform, since, until)

    def _remember(self, request: Request, subject: Subject) -> None:
        """Remember what a request of limited frequency asked for: it counts as made."""
        job = self._catalog.jobs.get(request.job)
        if job is None or request.error or frequency_of(job) is None:
            return
        branch = (subject.revision.get("tree"), subject.revision.get("branch"))
        for platform in dict.fromkeys(place.platform for place in request.candidates):
            key = (request.job, *branch, platform)
            insort(self._asked.setdefault(key, []), subject.happened)

    def _blame(self, event: Event, text: str) -> None:
        name = event.id or event.data["id"]
        self.errors.append(EventError(line=event.line, event=name, text=text))


def _runs(wish: Wish, subject: Subject) -> Runs:
    """Return how many runs are wanted: a retry is of the one run that failed, on its platform."""
    return Runs() if subject.retry and subject.platform_filter else wish.runs


def _key(wish: Wish, subject: Subject) -> str:
    """Return what identifies a request for good, in every process and after every restart.

    Runs of one open request that fail on different platforms are retried apart.
    """
    pin = wish.pin
    if subject.retry and not pin:
        pin = ",".join(sorted(subject.platform_filter))
    parts = (subject.node["id"], wish.entry.job, str(subject.retry), pin)
    number = str(wish.entry.disambiguator)
    text = "\0".join((*parts, number))
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()

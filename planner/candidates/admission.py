# SPDX-License-Identifier: LGPL-2.1-or-later
"""Admission: requests meet the capacity of the moment, cheapest question first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models import (
    Capacity,
    Catalog,
    Demand,
    History,
    Place,
    Policy,
    Reason,
    ReasonCode,
    ReasonTier,
    Rejection,
    Request,
    RequestError,
)
from planner.candidates.queue import UNLIMITED, Queue, open_queue
from planner.estimates import Estimate, Estimator, Signature


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that nothing forbids, the queue that a run would join, and its estimate."""

    place: Place
    queue: int
    estimate: Estimate


@dataclass(frozen=True)
class Admission:
    """The requests that want solving, and what may become of each.

    `candidates` and `rejections` go along with `requests`; a request without any candidate is
    among them, because it waits. `errors` are requests that only a change of the configuration
    can serve, `excluded` those that KernelCI's own filters do not want at all.
    `service_s` is the mean duration of the candidates of each queue, `totals` how many more
    runs each runtime takes, where that is limited.
    """

    catalog: Catalog
    now: datetime
    policy: Policy
    requests: tuple[Request, ...]
    candidates: tuple[tuple[Candidate, ...], ...]
    rejections: tuple[tuple[Rejection, ...], ...]
    queues: tuple[Queue, ...]
    service_s: tuple[int, ...]
    totals: dict[str, int]
    errors: tuple[RequestError, ...] = ()
    excluded: tuple[Request, ...] = ()


@dataclass
class _Queues:
    """The queues that candidates ask for, opened once each."""

    catalog: Catalog
    capacity: Capacity
    known: dict[tuple[str, str], int | Reason] = field(default_factory=dict)
    queues: list[Queue] = field(default_factory=list)

    def find(self, place: Place) -> int | Reason:
        """Return the position of the queue that `place` leads to, or why there is none."""
        if place.platform not in self.catalog.platforms:
            text = f"no platform {place.platform} is defined any more"
            return Reason.of(ReasonCode.UNKNOWN_PLATFORM, text)
        key = (place.runtime, place.device_type)
        if key not in self.known:
            found = self._open(place)
            if isinstance(found, Queue):
                self.queues.append(found)
                self.known[key] = len(self.queues) - 1
            else:
                self.known[key] = found
        return self.known[key]

    def _open(self, place: Place) -> Queue | Reason:
        runtime = self.catalog.runtimes.get(place.runtime)
        if runtime is None:
            text = f"no runtime {place.runtime} is defined any more"
            return Reason.of(ReasonCode.UNKNOWN_RUNTIME, text)
        return open_queue(runtime, self.capacity.runtimes.get(place.runtime), place.device_type)


def admit(
    catalog: Catalog,
    demand: Demand | Iterable[Request],
    capacity: Capacity | None = None,
    *,
    policy: Policy | None = None,
    now: datetime | None = None,
    history: History | None = None,
) -> Admission:
    """Return what may become of each request under `capacity` at the time `now`.

    Without a capacity every runtime's is unknown, and open. Without a history runs are expected
    to take what is declared. `now` defaults to the time of the
    newest request, so that a recorded batch is planned as of its own time.
    """
    requests = demand.requests if isinstance(demand, Demand) else tuple(demand)
    policy = policy or Policy()
    capacity = capacity or Capacity(runtimes={})
    if now is None:
        now = max((r.created for r in requests), default=datetime.min.replace(tzinfo=UTC))
    wanted, errors, excluded = _sort_out(catalog, requests)
    queues = _Queues(catalog, capacity)
    estimator = Estimator(catalog, history, learning=policy.learning, now=now)
    estimates = estimator.estimates(_signatures(catalog, wanted))
    open_candidates = [_open(request, queues, estimates) for request in wanted]
    service_s = _service(len(queues.queues), (found for found, _ in open_candidates))
    in_time = [
        _in_time(request, found, refused, queues.queues, service_s, now)
        for request, (found, refused) in zip(wanted, open_candidates, strict=True)
    ]
    return Admission(
        catalog=catalog,
        now=now,
        policy=policy,
        requests=tuple(wanted),
        candidates=tuple(found for found, _ in in_time),
        rejections=tuple(refused for _, refused in in_time),
        queues=tuple(queues.queues),
        service_s=tuple(service_s),
        totals=_totals(capacity),
        errors=tuple(errors),
        excluded=tuple(excluded),
    )


def _sort_out(
    catalog: Catalog, requests: Iterable[Request]
) -> tuple[list[Request], list[RequestError], list[Request]]:
    """Return the requests to solve, those in error, and those that nobody wants run."""
    wanted, errors, excluded = [], [], []
    for request in requests:
        reason = misconfigured(catalog, request)
        if reason is not None:
            errors.append(
                RequestError(
                    request=request.key, job=request.job, parent=request.parent, reason=reason
                )
            )
        elif not request.candidates:
            excluded.append(request)
        elif request.runs.number > len(request.sent):
            wanted.append(request)
    return wanted, errors, excluded


def misconfigured(catalog: Catalog, request: Request) -> Reason | None:
    """Return why only a change of the configuration can serve `request`, None if it can be."""
    if request.error is not None:
        return request.error
    # A request of the backlog may outlive the configuration that it came from.
    if request.job not in catalog.jobs:
        return Reason.of(ReasonCode.UNKNOWN_JOB, f"no job {request.job} is defined any more")
    if request.candidates:
        return None
    return next(
        (
            rejection.reason
            for rejection in request.rejections
            if rejection.reason.tier is ReasonTier.MISCONFIGURED
        ),
        None,
    )


def _signatures(catalog: Catalog, requests: Iterable[Request]) -> Iterator[Signature]:
    """Yield what has to be estimated: all that the catalog still knows."""
    for request in requests:
        for place in request.candidates:
            if place.platform in catalog.platforms and place.runtime in catalog.runtimes:
                yield Signature(request.job, place.platform, place.runtime)


def _open(
    request: Request, queues: _Queues, estimates: Mapping[Signature, Estimate]
) -> tuple[list[Candidate], list[Rejection]]:
    found, refused = [], list(request.rejections)
    for place in request.candidates:
        queue = queues.find(place)
        if isinstance(queue, Reason):
            refused.append(Rejection(runtime=place.runtime, platform=place.platform, reason=queue))
            continue
        estimate = estimates[Signature(request.job, place.platform, place.runtime)]
        found.append(Candidate(place, queue, estimate))
    return found, refused


def _service(queues: int, found: Iterable[list[Candidate]]) -> list[int]:
    """Return the mean duration of the candidates of each queue, in whole seconds."""
    total, count = [0] * queues, [0] * queues
    for candidates in found:
        for candidate in candidates:
            total[candidate.queue] += candidate.estimate.duration_s
            count[candidate.queue] += 1
    return [max(1, round(t / n)) if n else 1 for t, n in zip(total, count, strict=True)]


def _in_time(
    request: Request,
    found: list[Candidate],
    refused: list[Rejection],
    queues: list[Queue],
    service_s: list[int],
    now: datetime,
) -> tuple[tuple[Candidate, ...], tuple[Rejection, ...]]:
    """Turn away the places where the very next run would start after the request's deadline."""
    slack = int((request.deadline - now).total_seconds())
    kept = []
    for candidate in found:
        wait = queues[candidate.queue].wait(1, service_s[candidate.queue])
        if wait <= slack:
            kept.append(candidate)
            continue
        place = candidate.place
        text = (
            f"the queue for {place.device_type} in {place.runtime} is about {wait} s long"
            f" and the run must start within {max(0, slack)} s"
        )
        refused.append(
            Rejection(
                runtime=place.runtime,
                platform=place.platform,
                reason=Reason.of(ReasonCode.DEADLINE, text),
            )
        )
    return tuple(kept), tuple(refused)


def _totals(capacity: Capacity) -> dict[str, int]:
    totals = {}
    for name, runtime in capacity.runtimes.items():
        limits = [UNLIMITED if runtime.max_runs is None else runtime.max_runs]
        if runtime.known and runtime.slots is not None:
            limits.append(max(0, runtime.slots - runtime.running))
        if min(limits) < UNLIMITED:
            totals[name] = min(limits)
    return totals

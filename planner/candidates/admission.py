# SPDX-License-Identifier: LGPL-2.1-or-later
"""Admission: requests meet the capacity of the moment, cheapest question first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models import (
    Capacity,
    Catalog,
    ContextCapacity,
    DeadlineBy,
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
    UnderTest,
)
from planner.candidates.contracts import Contracts
from planner.candidates.gate import Gate
from planner.candidates.queue import UNLIMITED, Queue
from planner.candidates.sorting import Candidate, Queues, in_time, open_places, service_times
from planner.estimates import Estimator, Health, Pace, Paces, Ran, Signature, Slot, Staleness


@dataclass(frozen=True)
class Admission:
    """The requests that want solving, and what may become of each.

    `candidates` and `rejections` go along with `requests`; a request without any candidate is
    among them, because it waits. `errors` are requests that only a change of the configuration
    can serve, `excluded` those that KernelCI's own filters do not want at all.
    `paces` is how each queue is expected to move, and `due` how it has to for its runs to start in
    time; `totals` is how many more runs each runtime takes, where that is limited, `contracts` what
    their owners allow, and `gate` what their health lets through. `staleness` is what has not
    run for how long, `before` where runs of one job and revision went. `contexts` are the places
    of runtimes that have several, and what each has.
    """

    catalog: Catalog
    now: datetime
    policy: Policy
    requests: tuple[Request, ...]
    candidates: tuple[tuple[Candidate, ...], ...]
    rejections: tuple[tuple[Rejection, ...], ...]
    queues: tuple[Queue, ...]
    paces: tuple[Paces, ...]
    due: tuple[Pace, ...]
    totals: dict[str, int]
    contracts: Contracts
    gate: Gate
    contexts: dict[str, dict[str, ContextCapacity]] = field(default_factory=dict)
    before: Mapping[UnderTest, Sequence[Place]] = field(default_factory=dict)
    staleness: Staleness = field(default_factory=Staleness)
    errors: tuple[RequestError, ...] = ()
    excluded: tuple[Request, ...] = ()


def admit(
    catalog: Catalog,
    demand: Demand | Iterable[Request],
    capacity: Capacity | None = None,
    *,
    policy: Policy | None = None,
    now: datetime | None = None,
    history: History | None = None,
    under_way: Mapping[tuple[str, str], int] | None = None,
    running: Iterable[Ran] = (),
    before: Mapping[UnderTest, Sequence[Place]] | None = None,
) -> Admission:
    """Return what may become of each request under `capacity` at the time `now`.

    Without a capacity every runtime's is unknown, and open. Without a history runs are expected
    to take what is declared. `under_way` is how many runs each (runtime, device type) already has
    of ours, `running` what these are runs of, `before` where what is tested now ran before. `now`
    defaults to the time of the newest request, so that a recorded batch is planned as of its own
    time.
    """
    requests = demand.requests if isinstance(demand, Demand) else tuple(demand)
    policy = policy or Policy()
    capacity = capacity or Capacity(runtimes={})
    if now is None:
        now = max((r.created for r in requests), default=datetime.min.replace(tzinfo=UTC))
    wanted, errors, excluded = _sort_out(catalog, requests)
    estimator = Estimator(catalog, history, learning=policy.learning, now=now)
    gate = Gate(Health(estimator.past, policy.health), policy.health, under_way or {})
    queues, contracts = Queues(catalog, capacity, gate), Contracts(catalog, capacity, now)
    estimates = estimator.estimates(_signatures(catalog, wanted))
    places = [open_places(request, queues, contracts, estimates, now) for request in wanted]
    service_s = service_times(len(queues.queues), (found for found, _ in places))
    slots = [
        Slot(queue.runtime, queue.device_type, queue.told, service)
        for queue, service in zip(queues.queues, service_s, strict=True)
    ]
    paces = estimator.paces(slots)
    by_p90 = policy.deadline_by is DeadlineBy.P90
    due = tuple(one.slow if by_p90 else one.mean for one in paces)
    wishes = dict.fromkeys(
        (candidate.queue, request.priority)
        for request, (found, _) in zip(wanted, places, strict=True)
        for candidate in found
    )
    slow = estimator.paces_of_ranks([slots[at] for at, _ in wishes], [rank for _, rank in wishes])
    overtaken = dict(zip(wishes, slow, strict=True))
    admitted = [
        in_time(request, each, queues.queues, contracts, due, overtaken, now)
        for request, each in zip(wanted, places, strict=True)
    ]
    return Admission(
        catalog=catalog,
        now=now,
        policy=policy,
        requests=tuple(wanted),
        candidates=tuple(found for found, _ in admitted),
        rejections=tuple(refused for _, refused in admitted),
        queues=tuple(queues.queues),
        paces=tuple(paces),
        due=due,
        totals=_totals(capacity, gate),
        contracts=contracts,
        gate=gate,
        contexts=_contexts(capacity),
        before=before or {},
        staleness=Staleness.known(history, running, now=now, most=policy.stale_days),
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


def _contexts(capacity: Capacity) -> dict[str, dict[str, ContextCapacity]]:
    return {
        name: runtime.contexts
        for name, runtime in sorted(capacity.runtimes.items())
        if runtime.known and runtime.contexts is not None
    }


def _totals(capacity: Capacity, gate: Gate) -> dict[str, int]:
    totals = {}
    for name, runtime in capacity.runtimes.items():
        limits = [UNLIMITED if runtime.max_runs is None else runtime.max_runs]
        by_health = gate.most(name)
        if by_health is not None:
            limits.append(by_health)
        if runtime.known and runtime.slots is not None:
            limits.append(max(0, runtime.slots - runtime.running))
        if min(limits) < UNLIMITED:
            totals[name] = min(limits)
    return totals

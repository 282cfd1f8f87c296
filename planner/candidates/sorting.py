# SPDX-License-Identifier: LGPL-2.1-or-later
"""The places of one request, sorted into those that it may take now and those that it may not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models import Capacity, Catalog, Pin, Place, Reason, ReasonCode, Rejection, Request
from planner.candidates.contracts import Contracts
from planner.candidates.gate import Gate
from planner.candidates.queue import Queue, open_queues
from planner.estimates import NOTHING, Estimate, Needs, Pace, Signature, needs


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that nothing forbids, the queue that a run would join, its estimate and its needs."""

    place: Place
    queue: int
    estimate: Estimate
    needs: Needs = NOTHING


Sorted = tuple[list[Candidate], list[Rejection]]


@dataclass
class Queues:
    """The queues that candidates ask for, opened once each."""

    catalog: Catalog
    capacity: Capacity
    gate: Gate
    known: dict[tuple[str, str], tuple[int, ...] | Reason] = field(default_factory=dict)
    queues: list[Queue] = field(default_factory=list)
    risks: dict[tuple[str, str], int] = field(default_factory=dict)
    needed: dict[tuple[str, str, str], Needs] = field(default_factory=dict)

    def find(self, place: Place) -> tuple[int, ...] | Reason:
        """Return the positions of the queues that `place` leads to, or why there are none."""
        if place.platform not in self.catalog.platforms:
            text = f"no platform {place.platform} is defined any more"
            return Reason.of(ReasonCode.UNKNOWN_PLATFORM, text)
        key = (place.runtime, place.device_type)
        if key not in self.known:
            found = self.gate.refuse(place) or self._open(place)
            if isinstance(found, Reason):
                self.known[key] = found
            else:
                first = len(self.queues)
                most = self.gate.most(*key)
                self.queues += (replace(queue, most=most) for queue in found)
                self.known[key] = tuple(range(first, len(self.queues)))
        return self.known[key]

    def risk(self, place: Place) -> int:
        """Return how many of a thousand runs a place spoils at least."""
        key = (place.runtime, place.device_type)
        if key not in self.risks:
            self.risks[key] = self.gate.risk(place)
        return self.risks[key]

    def needs(self, job: str, place: Place) -> Needs:
        """Return what a run there takes of the resources that runs share."""
        capacity = self.capacity.runtimes.get(place.runtime)
        if capacity is None or capacity.contexts is None:
            return NOTHING
        key = (job, place.platform, place.runtime)
        if key not in self.needed:
            catalog = self.catalog
            runtime = catalog.runtimes[place.runtime]
            self.needed[key] = needs(catalog.jobs[job], catalog.platforms[place.platform], runtime)
        return self.needed[key]

    def _open(self, place: Place) -> tuple[Queue, ...] | Reason:
        runtime = self.catalog.runtimes.get(place.runtime)
        if runtime is None:
            text = f"no runtime {place.runtime} is defined any more"
            return Reason.of(ReasonCode.UNKNOWN_RUNTIME, text)
        return open_queues(runtime, self.capacity.runtimes.get(place.runtime), place.device_type)


def open_places(
    request: Request,
    queues: Queues,
    contracts: Contracts,
    estimates: Mapping[Signature, Estimate],
    now: datetime,
) -> Sorted:
    """Return the places that have a queue and whose lab takes such runs now, and the others."""
    found, refused = [], list(request.rejections)
    pins = _pins(request, queues.catalog)
    waited = int((now - request.created).total_seconds())
    tree = request.revision.tree if request.revision else None
    for place in request.candidates:
        where = (place.runtime, place.platform, place.device_type)
        pin = next((pin for pin in pins if not pin.admits(*where)), None) if pins else None
        if pin is not None:
            text = f"the request is pinned to {pin}"
            refused.append(_refusal(place, Reason.of(ReasonCode.PINNED, text)))
            continue
        if waited < place.after_s:
            refused.append(_refusal(place, _later(request, place)))
            continue
        here = queues.find(place)
        if isinstance(here, Reason):
            refused.append(_refusal(place, here))
            continue
        estimate = estimates[Signature(request.job, place.platform, place.runtime)]
        estimate = estimate.at_risk(queues.risk(place))
        terms = contracts.of(place.runtime)
        reason = terms.refuse(request.job, tree, estimate.duration_s) if terms else None
        if reason is not None:
            refused.append(_refusal(place, reason))
            continue
        needs = queues.needs(request.job, place)
        for queue in here:
            context = queues.queues[queue].context or None
            same = place.context == context
            inside = place if same else place.model_copy(update={"context": context})
            found.append(Candidate(inside, queue, estimate, needs))
    return found, refused


def _pins(request: Request, catalog: Catalog) -> list[Pin]:
    """Return the pins of a request as a whole: what operators say, or else what came with it."""
    pins = catalog.planner.pins
    ours: list[Pin] = [pin for pin in pins if pin.run is None and pin.means(request.key)]
    return ours or [pin for pin in (request.pin,) if pin is not None]


def service_times(queues: int, found: Iterable[list[Candidate]]) -> list[int]:
    """Return the mean duration of the candidates of each queue, in whole seconds."""
    total, count = [0] * queues, [0] * queues
    for candidates in found:
        for candidate in candidates:
            total[candidate.queue] += candidate.estimate.duration_s
            count[candidate.queue] += 1
    return [max(1, round(t / n)) if n else 1 for t, n in zip(total, count, strict=True)]


def in_time(
    request: Request,
    places: Sorted,
    queues: list[Queue],
    contracts: Contracts,
    due: tuple[Pace, ...],
    overtaken: Mapping[tuple[int, int], Pace],
    now: datetime,
) -> tuple[tuple[Candidate, ...], tuple[Rejection, ...]]:
    """Turn away the places where the very next run would start too late.

    That is after the request's deadline, as queues move (`due`) or as nine in ten runs of its
    priority fare there (`overtaken`), or in hours in which the lab is closed.
    """
    slack = int((request.deadline - now).total_seconds())
    found, refused = places
    kept = []
    for candidate in found:
        place = candidate.place
        queue = queues[candidate.queue]
        wait = queue.wait(1, due[candidate.queue])
        slow = queue.wait(1, overtaken[candidate.queue, request.priority])
        terms = contracts.of(place.runtime)
        reason = terms.too_late(wait) if terms else None
        if max(wait, slow) > slack:
            slot = f"{place.device_type} in {place.runtime}"
            queueing = f"the queue for {slot} is about {wait} s long"
            rank = f"nine in ten runs of its priority wait up to {slow} s for {slot}"
            said = queueing if wait > slack else rank
            text = f"{said} and the run must start within {max(0, slack)} s"
            reason = Reason.of(ReasonCode.DEADLINE, text)
        if reason is None:
            kept.append(candidate)
        else:
            refused.append(_refusal(place, reason))
    return tuple(kept), tuple(refused)


def _later(request: Request, place: Place) -> Reason:
    asked = request.created + timedelta(seconds=place.after_s)
    text = f"{place.runtime} is a later choice, asked from {asked:%Y-%m-%d %H:%M:%S} UTC on"
    return Reason.of(ReasonCode.LATER_CHOICE, text)


def _refusal(place: Place, reason: Reason) -> Rejection:
    return Rejection(runtime=place.runtime, platform=place.platform, reason=reason)

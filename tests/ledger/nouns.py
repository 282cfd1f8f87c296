# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events, requests and plans, made by hand for a ledger to remember."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from models import (
    Assignment,
    Deferral,
    Event,
    Node,
    Outcome,
    Place,
    PlanDocument,
    PlanHeader,
    Reason,
    ReasonCode,
    Request,
    Revision,
    Runs,
    RunState,
    Solve,
    Status,
)
from planner.ledger import Ledger

NOW = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PLACE = Place(runtime="lab-a", platform="rock-5b", device_type="rk3588-rock-5b")
FULL = Reason.of(ReasonCode.QUEUE_FULL, "lab-a takes no more of rk3588-rock-5b")


def event(fingerprint: str) -> Event:
    """Return an event with that fingerprint."""
    return Event(id=None, channel="node", timestamp=NOW, data={}, fingerprint=fingerprint)


def revision(**fields: Any) -> Revision:
    """Return a revision of mainline's master."""
    known = {"tree": "mainline", "branch": "master", "commit": "c0ffee", "patchset": False}
    return Revision.model_validate({**known, "seen": NOW, **fields})


def request(key: str, number: int = 1, **fields: Any) -> Request:
    """Return a request of so many runs for a boot test of one node."""
    known = {
        "entry": "tests.yaml:7",
        "job": "boot",
        "kind": "job",
        "parent": "node-1",
        "retry": 0,
        "priority": 40,
        "submitter": "service:pipeline",
        "runs": Runs(number=number),
        "candidates": (PLACE,),
        "revision": revision(),
        "created": NOW,
        "deadline": NOW + 6 * 60 * MINUTE,
    }
    return Request.model_validate({"key": key, **known, **fields})


def node(key: str, **fields: Any) -> Node:
    """Return a node as the API would."""
    return {"id": key, "kind": "kbuild", "data": {"arch": "arm64"}, **fields}


def record(
    ledger: Ledger, *requests: Request, events: Iterable[str] = (), at: datetime = NOW, **more: Any
) -> int:
    """Record a batch of these requests, with the nodes that they are for."""
    nodes = {one.parent: node(one.parent) for one in requests}
    told = [event(fingerprint) for fingerprint in events]
    return ledger.record_batch(at, events=told, requests=requests, **{"nodes": nodes, **more})


def placed(of: Request, index: int = 0, place: Place = PLACE) -> Assignment:
    """Return a place for a run."""
    return Assignment(
        run=of.run(index),
        request=of.key,
        job=of.job,
        parent=of.parent,
        index=index,
        priority=of.priority,
        start_s=30,
        duration_s=600,
        cost=7,
        **place.model_dump(),
    )


def deferred(of: Request, index: int = 0, reason: Reason = FULL) -> Deferral:
    """Return a run's deferral."""
    run = of.run(index)
    return Deferral(
        run=run, request=of.key, job=of.job, parent=of.parent, index=index, reason=reason
    )


def plan(
    assignments: Iterable[Assignment] = (),
    deferrals: Iterable[Deferral] = (),
    *,
    name: str = "plan-1",
    at: datetime = NOW,
    **more: Any,
) -> PlanDocument:
    """Return a plan."""
    return PlanDocument(
        plan=PlanHeader(id=name, problem="problem", created=at, valid_until=at + 3 * MINUTE),
        solve=Solve(solver="exact", status=Status.OPTIMAL, tiers=(), gap=0.0, seconds={}),
        assignments=tuple(assignments),
        deferrals=tuple(deferrals),
        errors=more.pop("errors", ()),
        **more,
    )


def intend(ledger: Ledger, *requests: Request, at: datetime = NOW) -> None:
    """Record requests in a cycle whose plan places all their runs."""
    number = record(ledger, *requests, at=at)
    runs = [placed(one, index) for one in requests for index in range(one.runs.number)]
    ledger.record_plan(number, plan(runs, name=f"plan-{number}", at=at))


def outcome(run: str, state: RunState, **fields: Any) -> Outcome:
    """Return what a runtime tells of a run."""
    return Outcome(run=run, state=state, **fields)


def states(ledger: Ledger, *keys: str) -> list[RunState]:
    """Return where these runs stand, in the order of `keys`."""
    found = {record.run: record.state for record in ledger.runs(keys)}
    return [found[key] for key in keys]


def finish(ledger: Ledger, key: str, number: int = 1, *, at: datetime = NOW, **told: Any) -> None:
    """Have the runs of a request, sent at that time, finish as they are told of.

    Unless it is told otherwise each began a minute later and took two; all were heard of then.
    """
    intend(ledger, request(key, number), at=at)
    known = {"started": at + MINUTE, "ended": at + 3 * MINUTE, "result": "pass"}
    heard = tuple(
        outcome(f"{key}-{index}", RunState.FINISHED, **{**known, **told}) for index in range(number)
    )
    ledger.record_outcomes(heard, at + 3 * MINUTE)

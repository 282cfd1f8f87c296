# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a Job and its pods say of a run: objects in the API's JSON become an outcome."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from models import Outcome, RunState
from planner.runtimes.kubernetes.manifest import ENDED

Object = Mapping[str, Any]

# Why a container waits when it will not start however long it waits.
_STUCK = {
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImageInspectError",
    "ImagePullBackOff",
    "InvalidImageName",
}
# Why a container ended when it was not by itself.
_PLACE = {"ContainerCannotRun", "ContainerStatusUnknown", "OOMKilled", "StartError"}


class _End(NamedTuple):
    """How a container ended."""

    status: int | None = None
    started: datetime | None = None
    ended: datetime | None = None
    reason: str = ""


def outcome(run: str, job: Object | None, pods: Sequence[Object]) -> Outcome:
    """Return where a run stands, from its Job (None if it is gone) and the pods of that.

    A run passes or fails by the exit status of its container. All else that ends it is
    `incomplete`: the place failed, unless it was ended from here. A Job has a start before any
    container runs; a run has started when a container has.
    """
    if job is None:
        text = "its Job is gone: deleted, or ended longer ago than the cluster keeps it"
        return _finished(run, None, result="incomplete", infrastructure=True, detail=text)
    name = str(job["metadata"]["name"])
    status = job.get("status") or {}
    pod = max(pods, key=lambda each: str(each["metadata"].get("creationTimestamp")), default=None)
    end = _end(pod)
    for condition in status.get("conditions") or ():
        if condition["status"] != "True" or condition["type"] not in ("Complete", "Failed"):
            continue
        ended = moment(status.get("completionTime")) or moment(condition.get("lastTransitionTime"))
        known = {"started": end.started, "ended": end.ended or ended}
        if condition["type"] == "Failed":
            return _finished(run, name, **known, **_failure(job, condition, pod, end))
        known["started"] = end.started or moment(status.get("startTime"))
        return _finished(run, name, result="pass", exit_status=0, **known)
    started = _started(pod)
    if started is not None:
        return Outcome(run=run, state=RunState.STARTED, job_id=name, started=started)
    detail = waits_for(pod) if pod else None
    return Outcome(run=run, state=RunState.SUBMITTED, job_id=name, detail=detail)


def waits_for(pod: Object) -> str | None:
    """Return what a pod that has not started waits for, None if it says nothing of it."""
    status = pod.get("status") or {}
    for waiting in _states(pod, "waiting"):
        if waiting.get("reason") in _STUCK:
            return _said(waiting)
    for condition in status.get("conditions") or ():
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return _said(condition)
    return None


def stuck_since(pod: Object) -> tuple[datetime, str] | None:
    """Return since when a pod has been there and why it will never start; None if it may."""
    since = moment(pod["metadata"].get("creationTimestamp"))
    for waiting in _states(pod, "waiting"):
        if waiting.get("reason") in _STUCK and since is not None:
            return since, _said(waiting)
    return None


def moment(text: str | None) -> datetime | None:
    """Return a time of the API, which is in UTC."""
    return datetime.fromisoformat(text) if text else None


def _failure(job: Object, condition: Object, pod: Object | None, end: _End) -> dict[str, Any]:
    """Return result, infrastructure, exit status and detail of a Job that failed."""
    why = (job["metadata"].get("annotations") or {}).get(ENDED)
    if why:
        cancelled = why == CANCELLED
        return {"result": "incomplete", "infrastructure": not cancelled, "detail": why}
    if condition.get("reason") == "DeadlineExceeded":
        return {"result": "incomplete", "infrastructure": True, "detail": _said(condition)}
    if pod is None:
        text = f"{_said(condition)}; its pod is gone"
        return {"result": "incomplete", "infrastructure": True, "detail": text}
    status = pod.get("status") or {}
    disrupted = [
        each
        for each in status.get("conditions") or ()
        if each["type"] == "DisruptionTarget" and each["status"] == "True"
    ]
    # A reason of the pod itself is the node's or the cluster's: Evicted, NodeLost, Shutdown, ...
    said = status if status.get("reason") else next(iter(disrupted), None)
    if said is not None:
        return {"result": "incomplete", "infrastructure": True, "detail": _said(said)}
    if end.reason in _PLACE or not end.status:
        text = end.reason or f"{_said(condition)}; no container says how it ended"
        known = {"exit_status": end.status, "detail": text}
        return {"result": "incomplete", "infrastructure": True, **known}
    return {"result": "fail", "exit_status": end.status, "detail": f"pod {pod['metadata']['name']}"}


CANCELLED = "cancelled"


def _finished(run: str, name: str | None, **known: Any) -> Outcome:
    return Outcome(run=run, state=RunState.FINISHED, job_id=name, **known)


def _end(pod: Object | None) -> _End:
    """Return how a pod's containers ended: the first that failed, or else the last to end."""
    ends = [
        _End(
            status=state.get("exitCode"),
            started=moment(state.get("startedAt")),
            ended=moment(state.get("finishedAt")),
            reason=str(state.get("reason") or ""),
        )
        for state in (_states(pod, "terminated") if pod else ())
    ]
    failed = [end for end in ends if end.status]
    return (failed or ends[-1:] or [_End()])[0]


def _started(pod: Object | None) -> datetime | None:
    """Return when the first container of a pod started; None before that."""
    states = [*_states(pod, "running"), *_states(pod, "terminated")] if pod else []
    return min((at for state in states if (at := moment(state.get("startedAt")))), default=None)


def _states(pod: Object, kind: str) -> list[Object]:
    status = pod.get("status") or {}
    containers = [
        *(status.get("initContainerStatuses") or ()),
        *(status.get("containerStatuses") or ()),
    ]
    return [each["state"][kind] for each in containers if kind in (each.get("state") or {})]


def _said(what: Object) -> str:
    """Return reason and message of a condition or state, in one line."""
    words = [str(what[key]) for key in ("reason", "message") if what.get(key)]
    return " ".join(": ".join(words).split())

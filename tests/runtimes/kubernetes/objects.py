# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kubernetes' objects as the API's JSON has them, with what a test cares about."""

from typing import Any

Object = dict[str, Any]


def node(name: str = "n1", cpu: str = "8", memory: str = "16Gi", **more: Any) -> Object:
    """Return a node that takes pods; `spec` and `ready` may say otherwise."""
    allocatable = {"cpu": cpu, "memory": memory, "pods": more.get("pods", "110")}
    return {
        "metadata": {"name": name},
        "spec": more.get("spec", {}),
        "status": {
            "allocatable": allocatable,
            "conditions": [{"type": "Ready", "status": more.get("ready", "True")}],
        },
    }


def asking(cpu: str = "1", memory: str = "1Gi") -> Object:
    """Return the description of pods with one container."""
    requests = {"cpu": cpu, "memory": memory}
    return {"containers": [{"name": "main", "image": "i", "resources": {"requests": requests}}]}


def pod(
    name: str = "p1",
    on: str | None = "n1",
    of: str | None = None,
    spec: Object | None = None,
    **status: Any,
) -> Object:
    """Return a pod on a node, or none, of the Job with that name."""
    owner = {"ownerReferences": [{"uid": f"uid-{of}"}]} if of else {}
    spec = {**(spec or asking()), **({"nodeName": on} if on else {})}
    labels = {"job-name": of} if of else {}
    metadata = {"name": name, "labels": labels, "creationTimestamp": "2026-01-02T03:00:00Z"}
    return {"metadata": {**metadata, **owner}, "spec": spec, "status": status}


def job(name: str = "kci-ab12-0", spec: Object | None = None, **status: Any) -> Object:
    """Return a Job."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "uid": f"uid-{name}"},
        "spec": {"template": {"spec": spec or asking()}},
        "status": status,
    }


def ended(kind: str, reason: str | None = None, at: str = "2026-01-02T03:10:00Z") -> Object:
    """Return the status of a Job that ended."""
    condition = {"type": kind, "status": "True", "lastTransitionTime": at}
    if reason:
        condition |= {"reason": reason, "message": "as the server has it"}
    status = {"conditions": [condition], "startTime": "2026-01-02T03:00:01Z"}
    return status | ({"completionTime": at} if kind == "Complete" else {})


def terminated(status: int, reason: str = "Error") -> Object:
    """Return what a pod says of its one container that ended."""
    times = {"startedAt": "2026-01-02T03:00:05Z", "finishedAt": "2026-01-02T03:09:59Z"}
    state = {"terminated": {"exitCode": status, "reason": reason, **times}}
    return {"containerStatuses": [{"name": "main", "state": state}]}


def waiting(reason: str) -> Object:
    """Return what a pod says of its one container that does not start."""
    state = {"waiting": {"reason": reason, "message": "so it is"}}
    return {"containerStatuses": [{"name": "main", "state": state}]}


def quota(hard: Object, used: Object | None = None, **spec: Any) -> Object:
    """Return a quota of the namespace."""
    return {"spec": spec, "status": {"hard": hard, "used": used or {}}}

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The node of a run, as KernelCI's own scheduler would make it."""

from collections.abc import Sequence
from typing import Any

from models import Node, Order

# What a test takes over from its build, present even if the build has none.
_INHERITED = ("kernel_type", "arch", "defconfig", "config_full", "compiler")


def new_node(
    order: Order,
    reason: str,
    *,
    job_id: str | None = None,
    jobfilter: Sequence[str] = (),
    platform_filter: Sequence[str] = (),
) -> Node:
    """Return what to create for a run, in the place that its plan gave it.

    `reason` is why it was placed there, and `job_id` that of its job where it is known before the
    job is there. The filters are the event's where it had any, as a retry
    has; otherwise the parent's count. `data.planner` is by which the run is found again.
    """
    parent = order.node
    given = parent.get("data") or {}
    data = {
        "kernel_revision": given.get("kernel_revision"),
        **({key: given.get(key) for key in _INHERITED} if order.kind == "job" else {}),
        "runtime": order.runtime,
        "platform": order.platform,
        "planner": {"run": order.run, "plan": order.plan, "reason": reason},
    }
    if job_id is not None:
        data["job_id"] = job_id
        if order.context is not None:
            data["job_context"] = order.context
    node: dict[str, Any] = {
        "kind": order.kind,
        "parent": order.parent,
        "name": order.job,
        "path": [*parent.get("path", ()), order.job],
        "group": order.job,
        "artifacts": {},
        "treeid": parent.get("treeid"),
        "submitter": parent.get("submitter"),
        "data": data,
        "retry_counter": order.retry,
    }
    filters = {
        "jobfilter": list(jobfilter) or parent.get("jobfilter"),
        "platform_filter": list(platform_filter) or parent.get("platform_filter"),
    }
    return node | {key: names for key, names in filters.items() if names}

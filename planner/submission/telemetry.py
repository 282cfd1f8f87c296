# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tells KernelCI's telemetry which runs were sent, and which could not be."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from models import Order
from planner.kernelci import Api, ApiError

log = logging.getLogger(__name__)

SUBMISSION = "job_submission"


def post_telemetry(
    api: Api | None, orders: Iterable[Order], sent: Iterable[str], failed: Mapping[str, str]
) -> None:
    """Post one item for each run that was sent, or that failed for good; nothing depends on it."""
    if api is None:
        return
    went = set(sent)
    told = [
        _item(order, failed.get(order.run))
        for order in orders
        if order.run in went or order.run in failed
    ]
    try:
        api.post_telemetry(told)
    except ApiError as error:
        log.info("telemetry: %s", error)


def _item(order: Order, failure: str | None) -> dict[str, Any]:
    data = order.node.get("data")
    data = data if isinstance(data, dict) else {}
    revision = data.get("kernel_revision")
    revision = revision if isinstance(revision, dict) else {}
    item = {
        "kind": SUBMISSION,
        "runtime": order.runtime,
        "device_type": order.device_type,
        "job_name": order.job,
        "node_id": order.node_id,
        "tree": revision.get("tree"),
        "branch": revision.get("branch"),
        "arch": data.get("arch"),
        "retry": order.retry,
        "extra": {"planner": order.run},
    }
    if failure is not None:
        item |= {"error_type": "submit_error", "error_msg": failure}
    return item

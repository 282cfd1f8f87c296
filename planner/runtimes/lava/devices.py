# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a lab's devices and workers mean for what it can take."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from models import DeviceCapacity

Record = Mapping[str, Any]

# LAVA starts jobs on devices that it knows nothing bad of.
_FIT = {"Good", "Unknown"}
_BUSY = {"Reserved", "Running"}


def online_workers(workers: Iterable[Record]) -> frozenset[str]:
    """Return the workers whose devices are given jobs; those of the others still read Good."""
    return frozenset(
        str(worker.get("hostname"))
        for worker in workers
        if worker.get("state") == "Online" and worker.get("health") == "Active"
    )


def count_devices(
    devices: Iterable[Record], online: frozenset[str] | None
) -> dict[str, DeviceCapacity]:
    """Return by type how many devices are fit to run a job, and how many of these run one.

    A type none of whose devices is fit has 0. Without `online`, all workers count as online.
    """
    fit: Counter[str] = Counter()
    busy: Counter[str] = Counter()
    for device in devices:
        kind = str(device.get("device_type"))
        counts = device.get("health") in _FIT and (
            online is None or device.get("worker_host") in online
        )
        fit[kind] += counts
        busy[kind] += counts and device.get("state") in _BUSY
    return {kind: DeviceCapacity(devices=fit[kind], running=busy[kind]) for kind in sorted(fit)}

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small site: three runtimes, three platforms, one job; and requests for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models import (
    Capacity,
    Catalog,
    DeviceCapacity,
    Job,
    LabType,
    Place,
    PlannerSettings,
    Platform,
    Request,
    Runs,
    Runtime,
    RuntimeCapacity,
    Where,
)

WHERE = Where(file="site.yaml", line=1)
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
LAVA = Runtime(name="lava", lab_type=LabType.LAVA, where=WHERE)
SHELL = Runtime(name="shell", lab_type=LabType.SHELL, where=WHERE)
CLOUD = Runtime(name="cloud", lab_type=LabType.KUBERNETES, where=WHERE)
PLATFORMS = tuple(
    Platform(name=name, arch=arch, mach=mach, where=WHERE)
    for name, arch, mach in (
        ("rk3399", "arm64", "rockchip"),
        ("juno", "arm64", "vexpress"),
        ("minnow", "x86_64", "x86"),
    )
)


def site(*runtimes: Runtime, job: Job | None = None, **planner: Any) -> Catalog:
    """Return the catalog with these runtimes (all three, if none is given) and one job."""
    job = job or Job(name="baseline", kind="job", where=WHERE)
    return Catalog(
        paths=("site.yaml",),
        jobs={job.name: job},
        platforms={platform.name: platform for platform in PLATFORMS},
        runtimes={r.name: r for r in runtimes or (LAVA, SHELL, CLOUD)},
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        planner=PlannerSettings.model_validate(planner),
    )


def request(*places: str, key: str = "r0", hours: float = 6, **changes: Any) -> Request:
    """Return a request for `places` ("lava/juno"), made now and due in `hours`."""
    fields: dict[str, Any] = {
        "key": key,
        "entry": "scheduler.0",
        "job": "baseline",
        "kind": "job",
        "parent": "parent",
        "retry": 0,
        "priority": 20,
        "submitter": None,
        "runs": Runs(),
        "candidates": tuple(
            Place(runtime=r, platform=p, device_type=p) for r, p in (x.split("/") for x in places)
        ),
        "created": NOW,
        "deadline": NOW + timedelta(hours=hours),
    }
    return Request(**{**fields, **changes})


def lava(**devices: DeviceCapacity) -> RuntimeCapacity:
    """Return the capacity of the LAVA lab."""
    return RuntimeCapacity(runtime="lava", devices=devices)


def capacity(*runtimes: RuntimeCapacity) -> Capacity:
    """Return the capacity of these runtimes; the others are unknown, and open."""
    return Capacity(runtimes={r.runtime: r for r in runtimes})

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a LAVA lab and a KernelCI API tell of runs that are over, in our words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models import Catalog, Job, Platform, Runtime, Unusable
from planner.history.records import Record
from planner.runtimes.lava.past import FinishedJobs

_HEALTH = {"Complete": "pass", "Incomplete": "incomplete"}


def lava_records(
    catalog: Catalog, runtime: Runtime, jobs: FinishedJobs, last: int = 0
) -> Iterator[Record | Unusable]:
    """Yield the jobs of a lab after that number; those that were canceled tell nothing.

    A job is told from its name: a word in it, or one without the device type behind it, has to be
    a job of the configuration. Of platforms that share the device type it is the first by name.

    Raises:
        OSError: if the lab gives no usable answer.
    """
    for job in jobs.after(last):
        where = f"{runtime.name}: job {job['id']}"
        if job.get("health") not in _HEALTH or job.get("actual_device") is None:
            continue
        device_type = str(job.get("requested_device_type"))
        known = _job_in(catalog, str(job.get("description")), device_type)
        if known is None:
            text = f"no job of the configuration is in its name, {job.get('description')!r}"
            yield Unusable(where, text)
            continue
        platform = _platform(catalog, known, device_type)
        spoiled = job["health"] == "Incomplete" and jobs.spoiled(int(job["id"]))
        yield Record(
            where,
            {
                "job": known.name,
                "kind": known.kind,
                "platform": platform.name if platform else device_type,
                "device_type": device_type,
                "runtime": runtime.name,
                "arch": platform.arch if platform else None,
                "result": _HEALTH[job["health"]],
                "infrastructure": spoiled,
                "job_id": job["id"],
                "submitted": job.get("submit_time"),
                "started": job.get("start_time"),
                "ended": job.get("end_time"),
            },
        )


def node_records(catalog: Catalog, nodes: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
    """Yield the nodes that were executed somewhere; a node does not say when its run began."""
    for node in nodes:
        data = node.get("data") if isinstance(node.get("data"), dict) else {}
        assert isinstance(data, dict)
        if not data.get("job_id") or not data.get("runtime"):
            continue
        job = catalog.jobs.get(str(node.get("name")))
        platform = catalog.platforms.get(str(data.get("platform")))
        device_type = catalog.device_type(job, platform) if job and platform else None
        revision = data.get("kernel_revision")
        yield Record(
            f"node {node.get('id')}",
            {
                "job": node.get("name"),
                "kind": node.get("kind"),
                "platform": data.get("platform"),
                "device_type": device_type,
                "runtime": data["runtime"],
                "arch": data.get("arch"),
                "tree": revision.get("tree") if isinstance(revision, dict) else None,
                "result": node.get("result"),
                "infrastructure": data.get("error_code") == "Infrastructure",
                "job_id": data["job_id"],
                "submitted": node.get("created"),
                "ended": node.get("updated"),
            },
        )


def _job_in(catalog: Catalog, description: str, device_type: str) -> Job | None:
    for word in re.split(r"[\s,:]+", description):
        for name in (word, word.removesuffix(f"-{device_type}")):
            if name in catalog.jobs:
                return catalog.jobs[name]
    return None


def _platform(catalog: Catalog, job: Job, device_type: str) -> Platform | None:
    names = sorted(
        name
        for name, one in catalog.platforms.items()
        if catalog.device_type(job, one) == device_type
    )
    return catalog.platforms[names[0]] if names else None

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A site with related jobs and boards, and runs of the past made by hand."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from models import PLANNED, Catalog, History, Job, Learning, PlannerSettings, Platform
from planner.estimates import Estimate, Estimator, Signature
from tests.candidates.site import CLOUD, LAVA, NOW, WHERE

DECLARED_S = 1000
HERE = Signature("boot", "rock", "lava")
LEARNING = Learning(prior_runs=2)

JOBS = (
    Job(name="boot", kind="job", template="boot.jinja2", where=WHERE),
    Job(name="boot-nfs", kind="job", template="boot.jinja2", where=WHERE),
    Job(name="ltp", kind="job", template="ltp.jinja2", where=WHERE),
    Job(name="build", kind="kbuild", where=WHERE),
)
PLATFORMS = tuple(
    Platform(name=name, arch=arch, mach=mach, where=WHERE)
    for name, arch, mach in (
        ("rock", "arm64", "rockchip"),
        ("rock-5", "arm64", "rockchip"),
        ("pi", "arm64", "broadcom"),
        ("minnow", "x86_64", "x86"),
    )
)


def catalog(*, timeout: int | None = None, **declared: Any) -> Catalog:
    """Return the site; `timeout` is that of every job, in minutes."""
    defaults = {"duration": DECLARED_S, **declared}
    params = {} if timeout is None else {"job_timeout": timeout}
    return Catalog(
        paths=("site.yaml",),
        jobs={job.name: job.model_copy(update={"params": params}) for job in JOBS},
        platforms={platform.name: platform for platform in PLATFORMS},
        runtimes={runtime.name: runtime for runtime in (LAVA, CLOUD)},
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        planner=PlannerSettings.model_validate({"estimates": {"defaults": defaults}}),
    )


def ran(seconds: float, of: Signature = HERE, **fields: Any) -> dict[str, Any]:
    """Return a run that ended now (or `days` ago) and took that long."""
    ended = NOW - timedelta(days=fields.pop("days", 0))
    return {
        "job_id": None,
        "kind": "kbuild" if of.job == "build" else "job",
        "device_type": of.platform,
        "arch": None,
        "tree": None,
        "result": "pass",
        "infrastructure": False,
        "submitted": None,
        "started": ended - timedelta(seconds=seconds),
        "ended": ended,
        "runs": 1,
        **dict.fromkeys(PLANNED),
        **of._asdict(),
        **fields,
    }


def history(runs: Iterable[dict[str, Any]]) -> History:
    """Return the history of these runs, each with a key of its own unless it has one."""
    named = [{"run": f"{number:04}", **one} for number, one in enumerate(runs)]
    return History.model_validate(
        {name: tuple(one[name] for one in named) for name in History.model_fields}
    )


def estimate(
    *runs: dict[str, Any], of: Signature = HERE, site: Catalog | None = None, **more: Any
) -> Estimate:
    """Return the estimate of a signature after these runs."""
    learning = more.pop("learning", LEARNING)
    past = history(runs)
    estimator = Estimator(site or catalog(), past, learning=learning, now=NOW)
    return estimator.estimates([of])[of]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ladder of estimates: the most specific rung that says something counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from models import Declared, EstimateDefaults, Job, Runtime


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one run is expected to take (whole seconds) and cost (milli-cost), and who says so."""

    duration_s: int
    cost: int
    rung: str


class Ladder:
    """Estimates by job, platform and runtime, from what is declared.

    The rungs are job x platform x runtime, job x platform, job, kind and default. Duration and
    cost climb down on their own: a job may declare a duration and leave the cost to its kind.
    Where no rung declares a cost, it is the duration at the hourly rate of the runtime, by its
    name or else by its type. A duration never exceeds the job's own `job_timeout` (minutes).
    """

    def __init__(self, declared: EstimateDefaults) -> None:
        self._declared = declared
        self._places = {(p.job, p.platform, p.runtime): p for p in declared.places}
        self._known: dict[tuple[str, str, str], Estimate] = {}

    def estimate(self, job: Job, platform: str, runtime: Runtime) -> Estimate:
        """Return the estimate of one run of `job` on `platform` in `runtime`."""
        key = (job.name, platform, runtime.name)
        if key not in self._known:
            self._known[key] = self._climb(job, platform, runtime)
        return self._known[key]

    def _rungs(self, job: Job, platform: str, runtime: str) -> Iterator[tuple[str, Declared]]:
        if here := self._places.get((job.name, platform, runtime)):
            yield "job x platform x runtime", here
        if anywhere := self._places.get((job.name, platform, None)):
            yield "job x platform", anywhere
        if by_job := self._declared.jobs.get(job.name):
            yield "job", by_job
        if by_kind := self._declared.kinds.get(job.kind):
            yield "kind", by_kind

    def _climb(self, job: Job, platform: str, runtime: Runtime) -> Estimate:
        duration, cost, rung = None, None, "default"
        for name, declared in self._rungs(job, platform, runtime.name):
            if duration is None and declared.duration is not None:
                duration, rung = declared.duration, name
            if cost is None:
                cost = declared.cost
        duration = max(1, self._declared.duration if duration is None else duration)
        if timeout := _timeout_s(job):
            duration = min(duration, timeout)
        if cost is None:
            rates = self._declared.rates
            rate = rates.get(runtime.name, rates.get(runtime.lab_type.value, 0))
            cost = duration * rate // 3600
        return Estimate(duration, cost, rung)


def _timeout_s(job: Job) -> int | None:
    """Return the job's own time limit in seconds, or None where it has none that is a number."""
    try:
        minutes = int(job.params.get("job_timeout") or 0)
    except (TypeError, ValueError):
        return None
    return minutes * 60 if minutes > 0 else None

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ladder of declarations: the most specific rung that says something counts."""

from collections.abc import Iterator
from typing import NamedTuple

from models import Declared, EstimateDefaults, Job, Runtime

DEFAULT, KIND, JOB, PLATFORM, SIGNATURE = (
    "default",
    "kind",
    "job",
    "job x platform",
    "job x platform x runtime",
)


class Declaration(NamedTuple):
    """What is declared of one run: whole seconds, at most `limit_s`, and the rung that says so.

    `fixed_cost` is milli-cost, None where the run costs `rate` milli-cost an hour.
    """

    duration_s: int
    rung: str
    fixed_cost: int | None
    rate: int
    limit_s: int | None

    def cost(self, duration_s: int) -> int:
        """Return the milli-cost of a run that lasts so long."""
        return duration_s * self.rate // 3600 if self.fixed_cost is None else self.fixed_cost


class Ladder:
    """What is declared, by job, platform and runtime.

    The rungs are job x platform x runtime, job x platform, job, kind and default. Duration and
    cost climb down on their own: a job may declare a duration and leave the cost to its kind.
    Where no rung declares a cost, it is the duration at the hourly rate of the runtime, by its
    name or else by its type. A duration never exceeds the job's own `job_timeout` (minutes).
    `by_platform` are the jobs of which anything is declared by platform; most are not.
    """

    def __init__(self, declared: EstimateDefaults) -> None:
        self._declared = declared
        self._places = {(p.job, p.platform, p.runtime): p for p in declared.places}
        self.by_platform = frozenset(p.job for p in declared.places)
        self._known: dict[tuple[str, str | None, str], Declaration] = {}

    def declaration(self, job: Job, platform: str, runtime: Runtime) -> Declaration:
        """Return what is declared of one run of `job` on `platform` in `runtime`."""
        key = (job.name, platform if job.name in self.by_platform else None, runtime.name)
        if key not in self._known:
            self._known[key] = self._climb(job, platform, runtime)
        return self._known[key]

    def _climb(self, job: Job, platform: str, runtime: Runtime) -> Declaration:
        duration, cost, rung = None, None, DEFAULT
        for name, declared in self._rungs(job, platform, runtime.name):
            if duration is None and declared.duration is not None:
                duration, rung = declared.duration, name
            if cost is None:
                cost = declared.cost
        duration = max(1, self._declared.duration if duration is None else duration)
        limit = _timeout_s(job)
        rates = self._declared.rates
        return Declaration(
            duration_s=duration if limit is None else min(duration, limit),
            rung=rung,
            fixed_cost=cost,
            rate=rates.get(runtime.name, rates.get(runtime.lab_type.value, 0)),
            limit_s=limit,
        )

    def _rungs(self, job: Job, platform: str, runtime: str) -> Iterator[tuple[str, Declared]]:
        if here := self._places.get((job.name, platform, runtime)):
            yield SIGNATURE, here
        if anywhere := self._places.get((job.name, platform, None)):
            yield PLATFORM, anywhere
        if by_job := self._declared.jobs.get(job.name):
            yield JOB, by_job
        if by_kind := self._declared.kinds.get(job.kind):
            yield KIND, by_kind


def _timeout_s(job: Job) -> int | None:
    """Return the job's own time limit in seconds, or None where it has none that is a number."""
    try:
        minutes = int(job.params.get("job_timeout") or 0)
    except (TypeError, ValueError):
        return None
    return minutes * 60 if minutes > 0 else None

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was asked, job by job, and on which device types it is covered."""

from collections import Counter
from dataclasses import dataclass, field

from models import Assignment, Deferral, PlanDocument, RequestError


@dataclass
class JobLine:
    """One job: its runs by what became of them, and where they go.

    `kinds` counts its placed runs by device type. `open` are the device types where a run of it
    could have gone and none does.
    """

    name: str
    placed: int = 0
    waiting: int = 0
    in_error: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    open: set[str] = field(default_factory=set)

    @property
    def asked(self) -> int:
        """Return how many runs were asked for; a request in error counts as one."""
        return self.placed + self.waiting + self.in_error


@dataclass(frozen=True)
class Asked:
    """How much was asked of a plan; requests in error count among the requests."""

    requests: int
    parents: int
    jobs: tuple[JobLine, ...]

    @property
    def device_types(self) -> tuple[str, ...]:
        """Return the device types that any of the jobs goes to, or could have gone to."""
        return tuple(sorted({kind for job in self.jobs for kind in (*job.kinds, *job.open)}))


def asked(document: PlanDocument) -> Asked:
    """Return what `document` was asked for, jobs by name."""
    subjects: list[Assignment | Deferral | RequestError] = [
        *document.assignments,
        *document.deferrals,
        *document.errors,
    ]
    lines = {name: JobLine(name) for name in sorted({subject.job for subject in subjects})}
    for one in document.assignments:
        lines[one.job].placed += 1
        lines[one.job].kinds[one.device_type] += 1
    for deferral in document.deferrals:
        lines[deferral.job].waiting += 1
    for error in document.errors:
        lines[error.job].in_error += 1
    job_of = {subject.request: subject.job for subject in subjects}
    for request in document.explanations:
        if request.request in job_of:
            line = lines[job_of[request.request]]
            line.open.update(option.device_type for option in request.options)
    for line in lines.values():
        line.open.difference_update(line.kinds)
    return Asked(
        requests=len({subject.request for subject in subjects}),
        parents=len({subject.parent for subject in subjects}),
        jobs=tuple(lines.values()),
    )

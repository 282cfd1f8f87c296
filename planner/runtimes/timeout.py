# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long a job may take, by its own word."""

from models import Job
from planner.runtimes.errors import DefinitionError


def job_timeout(job: Job, default: int) -> int:
    """Return the seconds that a run may take: the job's `job_timeout` is in minutes.

    Raises:
        DefinitionError: if that is no number of minutes.
    """
    minutes = job.params.get("job_timeout")
    if minutes is None:
        return default
    try:
        seconds = round(float(minutes) * 60)
    except (TypeError, ValueError, OverflowError):
        seconds = 0
    if seconds < 1:
        text = f"job_timeout of job '{job.name}' is no number of minutes: {minutes!r}"
        raise DefinitionError(f"{job.where}: {text}", "invalid_job_params")
    return seconds

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What has not run for long, as columns: which job for which tree on which device type."""

from planner.candidates import Admission
from planner.problem.problem import Ints
from planner.problem.tables import Codes, ints, table


def stale_columns(admission: Admission, device_types: Codes) -> dict[str, Ints]:
    """Return the subject of each request, and the days of each pair that is stale.

    Requests of jobs and trees of which nothing is stale are of subject 0, so that they stay alike.
    """
    wanted: dict[tuple[str, str], set[str]] = {}
    of_request = []
    for request, found in zip(admission.requests, admission.candidates, strict=True):
        subject = (request.job, request.revision.tree if request.revision else "")
        of_request.append(subject)
        wanted.setdefault(subject, set()).update(c.place.device_type for c in found)
    numbers: dict[tuple[str, str], int] = {}
    rows = []
    for (job, tree), kinds in wanted.items():
        for kind in sorted(kinds):
            days = admission.staleness.days(job, kind, tree)
            if days > 0:
                number = numbers.setdefault((job, tree), len(numbers) + 1)
                rows.append((number, device_types.of(kind), days))
    names = ("stale_subject", "stale_device_type", "stale_days")
    if not rows:
        return {}
    subjects = ints(numbers.get(subject, 0) for subject in of_request)
    return {"request_subject": subjects, **table(names, rows)}

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which runs of a plan a user means."""

from collections.abc import Iterable

from models import Assignment, Deferral, PlanDocument, PlannerError
from planner.plan.wording import named

NAMED = 5


def runs_named(document: PlanDocument, name: str) -> tuple[str, ...]:
    """Return the keys of the runs that `name` means.

    `name` is the key of a run, or of a request (then all its runs, or its own key if it is in
    error), the first letters of either that no other has (`3f2a91c-0`, `3f2a91c`), or
    `JOB@PLATFORM` for the one run of that job that is placed on that platform.

    Raises:
        PlannerError: if the plan speaks of no such run, or of several that `name` could mean.
    """
    subjects: list[Assignment | Deferral] = [*document.assignments, *document.deferrals]
    job, at, platform = name.rpartition("@")
    if at:
        on = (a for a in document.assignments if (a.job, a.platform) == (job, platform))
        return (_only_one(name, [a.run for a in on], document),)
    keys = {*(s.request for s in subjects), *(e.request for e in document.errors)}
    if name in keys:
        return _runs_of(name, subjects)
    request, dash, index = name.rpartition("-")
    if dash and index.isdigit():
        found = [s.run for s in subjects if s.request.startswith(request) and s.index == int(index)]
        return (_only_one(name, [name] if name in found else found, document),)
    longer = sorted(key for key in keys if key.startswith(name))
    return _runs_of(_only_one(name, longer, document), subjects)


def _runs_of(request: str, subjects: Iterable[Assignment | Deferral]) -> tuple[str, ...]:
    """Return the runs of a request, or its own key where it has none because it is in error."""
    indexed = sorted((s.index, s.run) for s in subjects if s.request == request)
    return tuple(run for _, run in indexed) or (request,)


def _only_one(name: str, found: list[str], document: PlanDocument) -> str:
    if not found:
        raise PlannerError(f"plan {document.plan.id} speaks of no run {name!r}")
    if len(found) > 1:
        raise PlannerError(f"{name!r} could be any of {named(found, NAMED)}")
    return found[0]

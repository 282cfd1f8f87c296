# SPDX-License-Identifier: LGPL-2.1-or-later
"""Groups of requests that quotas and reserved room tell apart."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from models import Request, Reserve
from planner.candidates import Admission
from planner.problem.problem import Ints, nothing
from planner.problem.tables import Codes, ints, table

# Who submits what KernelCI asks for by itself; anybody else is a human.
PIPELINE = "service:pipeline"


def group_columns(admission: Admission, runtimes: Codes) -> tuple[dict[str, Ints], tuple[str, ...]]:
    """Return the quotas of contracts, the groups of requests that they tell apart, and their names.

    Requests are of one group if the same quotas count them, and if reserved room is for both of
    them or for neither.
    """
    quotas = [
        (quota, counted)
        for quota, counted in admission.contracts.quotas(admission.requests)
        if quota.runtime in runtimes.names
    ]
    reserve = admission.policy.reserve
    if not quotas and not reserve:
        return {"request_group": nothing()}, ()
    members: dict[int, list[int]] = {}
    for row, (_, counted) in enumerate(quotas):
        for request in sorted(counted):
            members.setdefault(request, []).append(row)
    groups: dict[tuple[tuple[int, ...], bool], int] = {}
    group_of = [
        groups.setdefault(
            (tuple(members.get(position, ())), bool(reserve) and favoured(reserve, request)),
            len(groups),
        )
        for position, request in enumerate(admission.requests)
    ]
    columns = {
        "request_group": ints(group_of),
        "favoured_group": ints(group for (_, first), group in groups.items() if first),
        **table(
            ("quota_runtime", "quota_limit"),
            [(runtimes.names[quota.runtime], quota.limit) for quota, _ in quotas],
        ),
        **table(
            ("counted_quota", "counted_group"),
            [(row, group) for (rows, _), group in groups.items() for row in rows],
        ),
    }
    return columns, tuple(str(quota) for quota, _ in quotas)


def favoured(reserve: Reserve, request: Request) -> bool:
    """Tell whether reserved room is for `request`: a human's, or one of a job that is named."""
    if request.submitter not in (None, PIPELINE):
        return True
    return any(fnmatchcase(request.job, pattern) for pattern in reserve.jobs)


def kept_free(reserve: Reserve, ceilings: Sequence[tuple[int, ...]]) -> list[tuple[int, int, int]]:
    """Return what is left of each (slot, priority, limit) for those whom no room is kept for."""
    if not reserve:
        return []
    return [
        (slot, priority, limit - min(limit, max(reserve.count, limit * reserve.percent // 100)))
        for slot, priority, limit in ceilings
    ]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The columns that the contracts of labs make."""

from planner.candidates import Admission
from planner.problem.problem import Ints, nothing
from planner.problem.tables import Codes, ints, table


def contract_columns(admission: Admission, runtimes: Codes, demand: Ints) -> dict[str, Ints]:
    """Return the limits that contracts put on several runs together.

    `demand` is how many runs could go to each slot.
    """
    shares = [
        (runtimes.names[name], limit)
        for name, limit in admission.contracts.shares().items()
        if name in runtimes.names
    ]
    return {
        **table(("share_runtime", "share_limit"), shares),
        **table(("hours_slot", "hours_limit"), _hours(admission, demand)),
    }


def _hours(admission: Admission, demand: Ints) -> list[tuple[int, int]]:
    """Return how many runs each slot can start before its lab closes, if more could go there."""
    rows = []
    for slot, queue in enumerate(admission.queues):
        terms = admission.contracts.of(queue.runtime)
        if terms is None or terms.closes_in is None:
            continue
        # A run that starts when the lab closes is too late.
        most = queue.runs_within(terms.closes_in - 1, admission.due[slot])
        if most < demand[slot]:
            rows.append((slot, most))
    return rows


def group_columns(admission: Admission, runtimes: Codes) -> tuple[dict[str, Ints], tuple[str, ...]]:
    """Return the quotas of contracts, the groups of requests that they tell apart, and their names.

    Requests are of one group if the same quotas count them.
    """
    quotas = [
        (quota, counted)
        for quota, counted in admission.contracts.quotas(admission.requests)
        if quota.runtime in runtimes.names
    ]
    if not quotas:
        return {"request_group": nothing()}, ()
    members: dict[int, list[int]] = {}
    for row, (_, counted) in enumerate(quotas):
        for request in sorted(counted):
            members.setdefault(request, []).append(row)
    groups: dict[tuple[int, ...], int] = {}
    group_of = [
        groups.setdefault(tuple(members.get(request, ())), len(groups))
        for request in range(len(admission.requests))
    ]
    pairs = [(row, group) for rows, group in groups.items() for row in rows]
    columns = {
        "request_group": ints(group_of),
        **table(
            ("quota_runtime", "quota_limit"),
            [(runtimes.names[quota.runtime], quota.limit) for quota, _ in quotas],
        ),
        **table(("counted_quota", "counted_group"), pairs),
    }
    return columns, tuple(str(quota) for quota, _ in quotas)

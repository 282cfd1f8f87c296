# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds the columns of a problem from what was admitted."""

from collections.abc import Sequence
from itertools import pairwise, zip_longest

import numpy as np

from models import Mode, Request, VariantAttribute
from planner.candidates import UNLIMITED, Admission, Candidate, Queue
from planner.estimates import Needs, Pace
from planner.problem.contracts import contract_columns
from planner.problem.groups import group_columns, kept_free
from planner.problem.names import Names
from planner.problem.pins import pinned
from planner.problem.problem import (
    ATTRIBUTES,
    FREE,
    PERMISSIVE,
    STRICT,
    Ints,
    Problem,
    stretches,
)
from planner.problem.resources import resource_columns
from planner.problem.stale import stale_columns
from planner.problem.steps import wait_steps
from planner.problem.tables import Codes, ints, table
from planner.problem.used import attribute_values, used_columns
from planner.problem.worth import worths

SLACK_GRAIN_S = 900  # slack is rounded down to this, so that requests of one hour stay alike
MAX_SLACK_S = 7 * 24 * 3600
_MODES = {Mode.PERMISSIVE: PERMISSIVE, Mode.STRICT: STRICT}


def build(admission: Admission) -> Problem:
    """Return the problem that the admitted requests make, with `admission` kept for explaining."""
    codes = {attribute: Codes() for attribute in ATTRIBUTES}
    for queue in admission.queues:
        codes[VariantAttribute.RUNTIME].of(queue.runtime)
        codes[VariantAttribute.DEVICE_TYPE].of(queue.device_type)
    menu_of, menus = _menus(admission)
    candidates = _candidate_columns(admission, menus, codes)
    requests = {**_request_columns(admission), "request_menu": menu_of}
    used = used_columns(admission, codes)
    slots = _slot_columns(admission, codes, requests, candidates)
    groups, quotas = group_columns(admission, codes[VariantAttribute.RUNTIME])
    resources, pools = resource_columns(admission, menus, codes[VariantAttribute.RUNTIME])
    labels: dict[str, Sequence[str]] = {
        "request": Names(r.key for r in admission.requests),
        "job": Names(r.job for r in admission.requests),
        "parent": Names(r.parent for r in admission.requests),
        **{str(attribute): codes[attribute].labels() for attribute in ATTRIBUTES},
    }
    labels["quota"], labels["pool"] = quotas, pools
    problem = Problem(
        policy=admission.policy,
        seed_time=admission.now.isoformat(),
        labels=labels,
        run_index=ints(i for r in admission.requests for i in _open_indices(r)),
        admission=admission,
        **requests,
        **used,
        **candidates,
        **slots,
        **groups,
        **resources,
        **stale_columns(admission, codes[VariantAttribute.DEVICE_TYPE]),
    )
    return pinned(problem, admission.catalog.planner.pins)


def _open_indices(request: Request) -> list[int]:
    """Return the indices of the runs that were not sent yet."""
    sent = {run.index for run in request.sent}
    return [index for index in range(request.runs.number) if index not in sent]


def _request_columns(admission: Admission) -> dict[str, Ints]:
    requests, now = admission.requests, admission.now

    def slack(request: Request) -> int:
        left = int((request.deadline - now).total_seconds())
        return min(MAX_SLACK_S, max(0, left)) // SLACK_GRAIN_S * SLACK_GRAIN_S

    return {
        "request_number": ints(r.runs.number - len(r.sent) for r in requests),
        "request_value": ints(worths(admission.policy, requests, now)),
        "request_priority": ints(r.priority for r in requests),
        "request_slack": ints(slack(r) for r in requests),
        "request_mode": ints(_MODES[r.runs.mode] if r.runs.variant else FREE for r in requests),
        "request_variant": ints(
            sum(1 << ATTRIBUTES.index(v) for v in set(r.runs.variant)) for r in requests
        ),
    }


def _menus(admission: Admission) -> tuple[Ints, list[tuple[Candidate, ...]]]:
    """Return the menu of each request, and the menus: equal lists of candidates are one."""
    numbers: dict[tuple[tuple[int, str, int, int, Needs], ...], int] = {}
    menus: list[tuple[Candidate, ...]] = []
    menu_of = []
    for found in admission.candidates:
        key = tuple(
            (c.queue, c.place.platform, c.estimate.result_s, c.estimate.cost, c.needs)
            for c in found
        )
        if key not in numbers:
            numbers[key] = len(menus)
            menus.append(found)
        menu_of.append(numbers[key])
    return ints(menu_of), menus


def _candidate_columns(
    admission: Admission,
    menus: Sequence[Sequence[Candidate]],
    codes: dict[VariantAttribute, Codes],
) -> dict[str, Ints]:
    flat = [candidate for menu in menus for candidate in menu]
    values = [attribute_values(admission, candidate.place) for candidate in flat]
    attribute = np.array(
        [[codes[a].of(value[a]) for value in values] for a in ATTRIBUTES], dtype=np.int64
    ).reshape(len(ATTRIBUTES), len(flat))
    counts = [len(menu) for menu in menus]
    return {
        "candidate_menu": np.repeat(np.arange(len(counts)), counts).astype(np.int64),
        "candidate_slot": ints(c.queue for c in flat),
        "candidate_platform": attribute[ATTRIBUTES.index(VariantAttribute.PLATFORM)].copy(),
        "candidate_duration": ints(c.estimate.result_s for c in flat),
        "candidate_cost": ints(c.estimate.cost for c in flat),
        "candidate_attribute": attribute,
    }


def _slot_columns(
    admission: Admission,
    codes: dict[VariantAttribute, Codes],
    requests: dict[str, Ints],
    candidates: dict[str, Ints],
) -> dict[str, Ints]:
    """Return the limits of each slot, for the priorities and slacks that occur there."""
    runs = np.bincount(requests["request_menu"], weights=requests["request_number"])
    demand = np.bincount(
        candidates["candidate_slot"],
        weights=runs[candidates["candidate_menu"]],
        minlength=len(admission.queues),
    ).astype(np.int64)
    menu_of, count = requests["request_menu"], len(admission.queues)
    priorities = _levels(menu_of, requests["request_priority"], candidates, count)
    slacks = _levels(menu_of, requests["request_slack"], candidates, count)
    ceilings, reserves, deadlines, steps = [], [], [], []
    for slot, queue in enumerate(admission.queues):
        paces, most = admission.paces[slot], int(demand[slot])
        here = _ceilings(slot, queue, priorities[slot])
        ceilings += here
        reserves += kept_free(admission.policy.reserve, here)
        deadlines += _deadlines(slot, queue, admission.due[slot], slacks[slot], most)
        steps += wait_steps(slot, queue, paces.mean, most)
    totals = [
        (codes[VariantAttribute.RUNTIME].of(name), limit)
        for name, limit in sorted(admission.totals.items())
        if name in codes[VariantAttribute.RUNTIME].names
    ]
    return {
        "slot_runtime": ints(
            codes[VariantAttribute.RUNTIME].of(q.runtime) for q in admission.queues
        ),
        "slot_device_type": ints(
            codes[VariantAttribute.DEVICE_TYPE].of(q.device_type) for q in admission.queues
        ),
        **table(("ceiling_slot", "ceiling_priority", "ceiling_limit"), ceilings),
        **table(("reserve_slot", "reserve_priority", "reserve_limit"), reserves),
        **table(("deadline_slot", "deadline_slack", "deadline_limit"), deadlines),
        **table(("total_runtime", "total_limit"), totals),
        **table(("step_slot", "step_width", "step_wait"), steps),
        **contract_columns(admission, codes[VariantAttribute.RUNTIME], demand),
    }


def _levels(menu_of: Ints, level: Ints, candidates: dict[str, Ints], slots: int) -> list[Ints]:
    """Return, for each slot, the levels (priorities or slacks) of the requests that want it."""
    pairs = np.unique(np.column_stack((menu_of, level)), axis=0)
    first = np.searchsorted(pairs[:, 0], candidates["candidate_menu"], side="left")
    counts = np.searchsorted(pairs[:, 0], candidates["candidate_menu"], side="right") - first
    on_slot = np.repeat(candidates["candidate_slot"], counts)
    here = np.unique(
        np.column_stack((on_slot, pairs[stretches(first, counts), 1])).astype(np.int64), axis=0
    )
    bounds = np.searchsorted(here[:, 0], np.arange(slots + 1))
    return [here[a:b, 1] for a, b in pairwise(bounds.tolist())]


def _ceilings(slot: int, queue: Queue, priorities: Ints) -> list[tuple[int, ...]]:
    """Return one row for each priority at which the ceiling is higher than just below it."""
    rows = [(slot, int(p), queue.ceiling(int(p))) for p in priorities]
    # A limit that also holds for higher priorities says more: keep the last row of equal limits.
    return [
        row
        for row, after in zip_longest(rows, rows[1:])
        if row[2] < UNLIMITED and (after is None or after[2] != row[2])
    ]


def _deadlines(
    slot: int, queue: Queue, pace: Pace, slacks: Ints, demand: int
) -> list[tuple[int, ...]]:
    """Return one row for each slack that could be missed if everything wanted came here."""
    rows = [(slot, int(slack), queue.runs_within(int(slack), pace)) for slack in slacks]
    return [row for row in rows if row[2] < demand]

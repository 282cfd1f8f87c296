# SPDX-License-Identifier: LGPL-2.1-or-later
"""What columns from outside must keep before anything relies on them."""

from collections.abc import Iterator

import numpy as np

from models import PlannerError, VariantAttribute
from planner.problem.names import Names
from planner.problem.problem import ATTRIBUTES, FREE, MEMORY, STRICT, UNLIMITED, Ints, Problem

# Sums of a few million such numbers stay exact in 64 bits, and nearly so in doubles.
LARGEST = 1 << 31

# The columns of one table are equally long; `candidate_attribute` has one more dimension.
TABLES = (
    "request",
    "used",
    "candidate",
    "slot",
    "ceiling",
    "deadline",
    "total",
    "step",
    "share",
    "hours",
    "quota",
    "counted",
    "favoured",
    "stale",
    "reserve",
    "pool",
    "resource",
    "barred",
    "last",
)
# Columns that are as long as their table, or empty where the problem does without them.
OPTIONAL = ("request_group", "request_subject", "candidate_cpu", "candidate_memory", "slot_pool")


def validate(problem: Problem) -> None:
    """Ensure that the columns of `problem` fit together.

    Raises:
        PlannerError: with the first thing that does not, by column.
    """
    for look in (_shapes, _numbers, _codes, _requests, _steps, _own):
        defect = next(look(problem), None)
        if defect is not None:
            raise PlannerError(defect)


def _table(problem: Problem, table: str) -> dict[str, Ints]:
    """Return the columns of one table; `run_index` and `candidate_attribute` are not among them."""
    return {
        name: getattr(problem, name)
        for name in Problem.columns()
        if name.startswith(f"{table}_")
        and name != "candidate_attribute"
        and not (name in OPTIONAL and not len(getattr(problem, name)))
    }


def _shapes(problem: Problem) -> Iterator[str]:
    for table in TABLES:
        shapes = {name: array.shape for name, array in _table(problem, table).items()}
        if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
            yield f"the columns of one table differ in length: {shapes}"
    wanted = (len(ATTRIBUTES), len(problem.candidate_menu))
    if problem.candidate_attribute.shape != wanted:
        yield f"candidate_attribute has shape {problem.candidate_attribute.shape}, not {wanted}"
    for label in ("request", "job", "parent"):
        count = len(problem.labels.get(label, ()))
        if count != problem.requests:
            yield f"labels: {count} names for {label} and {problem.requests} requests"
    for label, rows in (("quota", problem.quota_limit), ("pool", problem.pool_runtime)):
        if len(problem.labels.get(label, ())) != len(rows):
            yield f"labels: {len(problem.labels.get(label, ()))} names for {len(rows)} of {label}"
    if len(problem.resource_pool) and not len(problem.slot_pool):
        yield "resource_pool has rows, and no slot has a pool"
    for attribute in ATTRIBUTES:
        if attribute not in problem.labels:
            yield f"labels: no names for {attribute}"


def _numbers(problem: Problem) -> Iterator[str]:
    for name in Problem.columns():
        array: Ints = getattr(problem, name)
        # What is below 0 is far beyond the largest where nobody looks at signs.
        if array.size and np.ascontiguousarray(array).view(np.uint64).max() >= LARGEST:
            yield f"{name} has a number below 0 or from {LARGEST} up"


def _codes(problem: Problem) -> Iterator[str]:
    """Say which column has a code that names nothing."""
    named = {attribute: len(problem.labels[attribute]) for attribute in ATTRIBUTES}
    limits = {
        "used_request": problem.requests,
        "used_attribute": len(ATTRIBUTES),
        "candidate_slot": problem.slots,
        "candidate_platform": named[VariantAttribute.PLATFORM],
        "slot_runtime": named[VariantAttribute.RUNTIME],
        "slot_device_type": named[VariantAttribute.DEVICE_TYPE],
        "ceiling_slot": problem.slots,
        "deadline_slot": problem.slots,
        "total_runtime": named[VariantAttribute.RUNTIME],
        "step_slot": problem.slots,
        "share_runtime": named[VariantAttribute.RUNTIME],
        "hours_slot": problem.slots,
        "quota_runtime": named[VariantAttribute.RUNTIME],
        "counted_quota": len(problem.quota_limit),
        "reserve_slot": problem.slots,
        "stale_device_type": named[VariantAttribute.DEVICE_TYPE],
        "slot_pool": len(problem.pool_runtime),
        "pool_runtime": named[VariantAttribute.RUNTIME],
        "resource_pool": len(problem.pool_runtime),
        "resource_kind": MEMORY + 1,
        "barred_run": problem.runs,
        "barred_candidate": len(problem.candidate_menu),
        "last_run": problem.runs,
        "last_candidate": len(problem.candidate_menu),
        "request_mode": STRICT + 1,
        "request_variant": 1 << len(ATTRIBUTES),
    }
    for name, limit in limits.items():
        if getattr(problem, name).max(initial=-1) >= limit:
            yield f"{name} has a code from {limit} up, which names nothing"
    for row, attribute in enumerate(ATTRIBUTES):
        if problem.candidate_attribute[row].max(initial=-1) >= named[attribute]:
            yield f"candidate_attribute has a code for {attribute} that names nothing"


def _requests(problem: Problem) -> Iterator[str]:
    if (problem.request_number < 1).any():
        yield "request_number has a request without runs"
    if ((problem.request_mode == FREE) != (problem.request_variant == 0)).any():
        yield "request_variant must be 0 exactly where request_mode is 0"
    if len(problem.run_index) != problem.runs:
        yield f"run_index has {len(problem.run_index)} entries and there are {problem.runs} runs"
    else:
        rises = np.ones(problem.runs, dtype=np.bool_)
        np.greater(problem.run_index[1:], problem.run_index[:-1], out=rises[1:])
        rises[problem.run_start[:-1]] = True
        # Runs come in order as a rule: then there is nothing to sort.
        if not rises.all():
            runs = np.sort(problem.run_request * LARGEST + problem.run_index)
            if (np.diff(runs) == 0).any():
                yield "run_index has one index twice in a request"
    names = problem.labels["request"]
    if not (names if isinstance(names, Names) else Names(names)).distinct:
        yield "labels: two requests have one name"
    if (np.diff(problem.candidate_menu) < 0).any():
        yield "candidate_menu is not sorted"
    if len(problem.stale_days) and not len(problem.request_subject):
        yield "stale_days has rows, and no request has a subject"
    pairs = np.column_stack((problem.stale_subject, problem.stale_device_type))
    if len(np.unique(pairs, axis=0)) != len(pairs):
        yield "stale_subject has a device type twice"
    if len(np.unique(problem.total_runtime)) != len(problem.total_runtime):
        yield "total_runtime has a runtime twice"


def _steps(problem: Problem) -> Iterator[str]:
    """Say where waits are not one convex chain for each slot."""
    slot = problem.step_slot
    if not np.array_equal(np.unique(slot), np.arange(problem.slots)) or (np.diff(slot) < 0).any():
        yield "step_slot must have every slot, sorted"
    elif ((np.diff(problem.step_wait) < 0) & (np.diff(slot) == 0)).any():
        yield "step_wait falls within a slot; it must rise"
    elif (problem.step_width[np.append(np.diff(slot) > 0, len(slot) > 0)] < UNLIMITED).any():
        yield f"step_width of the last step of a slot must be {UNLIMITED}"


def _own(problem: Problem) -> Iterator[str]:
    """Say where the last plan put a run twice, or a run is paired with a candidate of others."""
    if (np.diff(problem.last_run) <= 0).any():
        yield "last_run must be sorted, and have no run twice"
    owners = problem.run_request[problem.barred_run]
    if np.isin(problem.run_request[problem.last_run], owners).any():
        yield "last_run has a run of a request that barred_run has one of"
    for table in ("last", "barred"):
        run, candidate = getattr(problem, f"{table}_run"), getattr(problem, f"{table}_candidate")
        if (
            problem.candidate_menu[candidate] != problem.request_menu[problem.run_request[run]]
        ).any():
            yield f"{table}_candidate has a candidate that is none of the run's request"

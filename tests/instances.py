# SPDX-License-Identifier: LGPL-2.1-or-later
"""Seeded problems for tests, and every plan of a small one."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from models import Policy
from planner.problem import ATTRIBUTES, CPU, FREE, MEMORY, RUNS, STRICT, UNLIMITED, Problem
from planner.problem.problem import Ints
from planner.rules import GOALS, RULES


def instance(
    seed: int, requests: int = 4, slots: int = 3, *, tight: bool = True, most_runs: int = 3
) -> Problem:
    """Return a random problem: all modes, several attributes, nested ceilings, earlier runs."""
    draw = np.random.default_rng(seed)
    runtimes = max(1, slots // 2)
    slot_runtime = np.sort(draw.integers(0, runtimes, slots))
    slot_device_type = draw.integers(0, max(2, slots - 1), slots)
    number = draw.integers(1, most_runs + 1, requests)
    mode = draw.integers(FREE, STRICT + 1, requests)
    variant = np.where(mode == FREE, 0, draw.integers(1, 1 << len(ATTRIBUTES), requests))
    one = draw.random(requests) < 0.7
    variant = np.where(one & (mode != FREE), 1 << draw.integers(0, 5, requests), variant)
    rows: list[tuple[int, int, int, int]] = []
    twins: dict[int, int] = {}
    for request in range(requests):
        here = draw.permutation(slots)[: draw.integers(1, slots + 1)]
        # Some requests look alike, so that classes have several members.
        if request and draw.random() < 0.4:
            twin = twins[request] = int(draw.integers(0, request))
            number[request], mode[request], variant[request] = (
                number[twin],
                mode[twin],
                variant[twin],
            )
            rows += [(request, s, d, c) for r, s, d, c in list(rows) if r == twin]
            continue
        rows += [
            (request, int(s), int(draw.integers(1, 4)) * 100, int(draw.integers(0, 4)))
            for s in sorted(here)
        ]
    table = np.array(rows, dtype=np.int64)
    slot = table[:, 1]
    mach = slot_device_type // 2
    attribute = np.stack(
        [slot_device_type[slot], slot, mach[slot], mach[slot] % 2, slot_runtime[slot]]
    ).astype(np.int64)
    used = [
        (request, a, int(draw.integers(0, 2)))
        for request in range(requests)
        if mode[request] != FREE and draw.random() < 0.25
        for a in range(len(ATTRIBUTES))
        if variant[request] >> a & 1
    ]
    # Earlier runs of some twins took the same.
    used += [
        (twin, a, value)
        for twin, of in twins.items()
        if not any(row[0] == twin for row in used)
        for request, a, value in used
        if request == of
    ]
    used_table = np.array(used, dtype=np.int64).reshape(-1, 3)
    ceilings = []
    for s in range(slots):
        base = int(draw.integers(0, 3 if tight else requests))
        ceilings += [(s, 20, base), (s, 60, base + int(draw.integers(0, 2)))]
        if draw.random() < 0.3:
            ceilings[-1] = (s, 100, ceilings[-1][2])
    ceiling = np.array(ceilings, dtype=np.int64)
    steps = []
    for s in range(slots):
        waits = np.sort(draw.integers(0, 6, 3)) * 100
        steps += [(s, 1, int(waits[0])), (s, 1, int(waits[1])), (s, UNLIMITED, int(waits[2]))]
    step = np.array(steps, dtype=np.int64)
    totals = [
        (r, int(draw.integers(1, requests + 2))) for r in range(runtimes) if draw.random() < 0.5
    ]
    total = np.array(totals, dtype=np.int64).reshape(-1, 2)
    late = [(s, 900, int(draw.integers(0, 3))) for s in range(slots) if draw.random() < 0.3]
    deadline = np.array(late, dtype=np.int64).reshape(-1, 3)
    priority = draw.choice([20, 40, 60], requests)
    resources = _resources(draw, slot_runtime, len(table))
    quotas = int(draw.integers(0, 3))
    return Problem(
        policy=Policy(),
        seed_time=str(seed),
        request_number=number,
        request_value=priority + draw.integers(0, 2, requests),
        request_priority=priority,
        request_slack=draw.choice([900, 1800], requests),
        request_mode=mode,
        request_variant=variant,
        request_menu=np.arange(requests),
        used_request=used_table[:, 0],
        used_attribute=used_table[:, 1],
        used_value=used_table[:, 2],
        candidate_menu=table[:, 0],
        candidate_slot=slot,
        candidate_platform=slot,
        candidate_duration=table[:, 2],
        candidate_cost=table[:, 3],
        candidate_attribute=attribute,
        slot_runtime=slot_runtime,
        slot_device_type=slot_device_type,
        ceiling_slot=ceiling[:, 0],
        ceiling_priority=ceiling[:, 1],
        ceiling_limit=ceiling[:, 2],
        deadline_slot=deadline[:, 0],
        deadline_slack=deadline[:, 1],
        deadline_limit=deadline[:, 2],
        total_runtime=total[:, 0],
        total_limit=total[:, 1],
        step_slot=step[:, 0],
        step_width=step[:, 1],
        step_wait=step[:, 2],
        run_index=np.concatenate([np.arange(n) for n in number]).astype(np.int64),
        labels={
            "request": tuple(f"r{i}" for i in range(requests)),
            "job": tuple(f"job-{i}" for i in range(requests)),
            "parent": tuple("p" for _ in range(requests)),
            "device_type": tuple(f"board-{i}" for i in range(slots + 2)),
            "platform": tuple(f"platform-{i}" for i in range(slots + 2)),
            "mach": tuple(f"mach-{i}" for i in range(slots + 2)),
            "arch": tuple(f"arch-{i}" for i in range(slots + 2)),
            "runtime": tuple(f"lab-{i}" for i in range(slots + 2)),
            "quota": tuple(f"tree t{i}" for i in range(quotas)),
            "pool": tuple(f"context-{i}" for i in range(len(resources.get("pool_runtime", ())))),
        },
        admission=None,
        **_contracts(draw, requests, slots, runtimes, quotas),
        **resources,
        **_stale(draw, requests, slots),
        **{**_last(draw, number, table[:, 0]), **_pins(draw, number, table[:, 0])},
    )


def _resources(draw: np.random.Generator, slot_runtime: Ints, candidates: int) -> dict[str, Any]:
    """Return what runs share in the two contexts of each runtime, in half of the problems."""
    pools = 2 * (int(slot_runtime.max()) + 1) if draw.random() < 0.5 else 0
    if not pools:
        return {}
    limits = [
        (pool, kind, int(draw.integers(1, 4) if kind == RUNS else draw.integers(3, 12)))
        for pool in range(pools)
        for kind in (RUNS, CPU, MEMORY)
        if draw.random() < 0.6
    ]
    return {
        "pool_runtime": np.arange(pools) // 2,
        "slot_pool": slot_runtime * 2 + draw.integers(0, 2, len(slot_runtime)),
        "candidate_cpu": draw.integers(0, 4, candidates),
        "candidate_memory": draw.integers(1, 4, candidates) * 2,
        **_table(("resource_pool", "resource_kind", "resource_limit"), limits),
    }


def _pins(draw: np.random.Generator, number: Ints, candidate_request: Ints) -> dict[str, Ints]:
    """Return what is barred to some runs, in a third of the problems; these have no last plan."""
    if draw.random() < 0.67:
        return {}
    owner = np.repeat(np.arange(len(number)), number).tolist()
    rows = [
        (run, candidate)
        for run, request in enumerate(owner)
        if draw.random() < 0.4
        for candidate in np.flatnonzero(candidate_request == request).tolist()
        if draw.random() < 0.6
    ]
    nothing = np.zeros(0, dtype=np.int64)
    pairs = _table(("barred_run", "barred_candidate"), rows)
    return {**pairs, "last_run": nothing, "last_candidate": nothing}


def _last(draw: np.random.Generator, number: Ints, candidate_request: Ints) -> dict[str, Ints]:
    """Return where a last plan had some runs, in half of the problems."""
    if draw.random() < 0.5:
        return {}
    rows = [
        (run, int(draw.choice(np.flatnonzero(candidate_request == request))))
        for run, request in enumerate(np.repeat(np.arange(len(number)), number).tolist())
        if draw.random() < 0.6
    ]
    return _table(("last_run", "last_candidate"), rows)


def _stale(draw: np.random.Generator, requests: int, slots: int) -> dict[str, Ints]:
    """Return what has not run for long, in half of the problems."""
    if draw.random() < 0.5:
        return {}
    kinds = range(max(2, slots - 1))
    rows = [(s, k, int(draw.integers(1, 5))) for s in (1, 2) for k in kinds if draw.random() < 0.5]
    return {
        "request_subject": draw.integers(0, 3, requests),
        **_table(("stale_subject", "stale_device_type", "stale_days"), rows),
    }


def _contracts(
    draw: np.random.Generator, requests: int, slots: int, runtimes: int, quotas: int
) -> dict[str, Ints]:
    """Return what owners of labs allow, here and there."""
    shares = [(r, int(draw.integers(1, 4))) for r in range(runtimes) if draw.random() < 0.3]
    hours = [(s, int(draw.integers(1, 3))) for s in range(slots) if draw.random() < 0.2]
    limits = [(int(draw.integers(0, runtimes)), int(draw.integers(0, 3))) for _ in range(quotas)]
    reserves = [(s, p, int(draw.integers(0, 3))) for s in range(slots) for p in (40, 100)]
    reserves = [row for row in reserves if draw.random() < 0.2]
    counted = [(q, g) for q in range(quotas) for g in range(3) if draw.random() < 0.4]
    return {
        "request_group": draw.integers(0, 3, requests),
        **_table(("share_runtime", "share_limit"), shares),
        **_table(("hours_slot", "hours_limit"), hours),
        **_table(("reserve_slot", "reserve_priority", "reserve_limit"), reserves),
        "favoured_group": draw.integers(0, 3, int(draw.integers(0, 2))),
        **_table(("quota_runtime", "quota_limit"), limits),
        **_table(("counted_quota", "counted_group"), counted),
    }


def _table(names: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> dict[str, Ints]:
    table = np.array(rows, dtype=np.int64).reshape(-1, len(names))
    return {name: table[:, i].copy() for i, name in enumerate(names)}


def every_choice(problem: Problem) -> Iterator[Ints]:
    """Yield every way to place the runs of a small problem that no rule forbids."""
    options = [[-1, *problem.candidates(request)] for request in problem.run_request]
    for choice in product(*options):
        array = np.array(choice, dtype=np.int64)
        if not any(rule.check(problem, array) for rule in RULES):
            yield array


def score(problem: Problem, choice: Ints) -> tuple[int, ...]:
    """Return the tiers of `choice` so that the smallest tuple is the best plan."""
    return tuple(
        GOALS[tier].measure(problem, choice) * (-1 if GOALS[tier].maximise else 1)
        for tier in problem.tiers
    )


small = st.builds(
    instance,
    seed=st.integers(0, 2**32 - 1),
    requests=st.integers(1, 3),
    slots=st.integers(1, 3),
    most_runs=st.integers(1, 2),
)
medium = st.builds(
    instance,
    seed=st.integers(0, 2**32 - 1),
    requests=st.integers(1, 25),
    slots=st.integers(1, 8),
    tight=st.booleans(),
)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Seeded problems of any size, made in columns.

Popular device types are wanted by more requests than they have boards for; requests are free,
permissive or strict, in five priorities, and ask for one to five runs. Everything is synthetic:
sizes and shapes are those of KernelCI's batches, figures are nobody's.
"""

from dataclasses import dataclass, replace

import numpy as np

from models import Policy
from planner.candidates import Queue
from planner.estimates import Pace
from planner.problem import ATTRIBUTES, CPU, FREE, MEMORY, PERMISSIVE, STRICT, Problem
from planner.problem.names import Names
from planner.problem.problem import Ints, stretches
from planner.problem.steps import wait_steps

RUNTIMES = 15
CONTEXTS = 3
PRIORITIES = np.array([10, 20, 40, 60, 80])
SLACKS = np.array([3600, 3 * 3600, 6 * 3600])
NUMBERS = np.array([1, 1, 1, 2, 3, 5])
SERVICE_S = 1200
# How many runs per device a slot has room for before the first deadline becomes the limit.
ROUNDS = 12
DEVICE_TYPE, PLATFORM, MACH, ARCH, RUNTIME = range(len(ATTRIBUTES))


@dataclass(frozen=True)
class Size:
    """What to make: about `runs` runs over `slots` slots, wanting `load` times what there is.

    `distinct` makes every request differ from every other, so that no two share a class.
    `kubernetes` makes a fifth of the runtimes clusters of three contexts each, where runs share CPU
    and memory.
    `network` leaves out strict requests and deadlines: what remains is a pure network.
    """

    runs: int
    slots: int
    load: float = 0.85
    distinct: bool = False
    kubernetes: bool = False
    network: bool = False


@dataclass(frozen=True)
class _Fleet:
    """Slots: where they are, what they have, and how many runs of low priority they admit."""

    runtime: Ints
    device_type: Ints
    room: Ints


@dataclass(frozen=True)
class _Kinds:
    """Kinds of request, and their candidates sorted by kind."""

    number: Ints
    mode: Ints
    variant: Ints
    priority: Ints
    hours: Ints
    slack: Ints
    start: Ints
    slot: Ints
    duration: Ints
    cost: Ints


def make(size: Size, seed: int, changed: float = 0.0) -> Problem:
    """Return the problem of `size` that belongs to `seed`, and what became of it a cycle later.

    By then the share `changed` of the requests has gone and others came instead, and the same
    share of the slots has more or less room than it had.
    """
    draw = np.random.default_rng(seed)
    fleet = _fleet(size, draw)
    kinds = _kinds(size, fleet, draw)
    kind = _requests(size, kinds, draw)
    if changed:
        fleet, kind = _later(changed, fleet, kinds, kind, draw)
    problem = _problem(size, fleet, kinds, kind)
    return _shared(problem, fleet, seed) if size.kubernetes else problem


def _later(
    changed: float, fleet: _Fleet, kinds: _Kinds, kind: Ints, draw: np.random.Generator
) -> tuple[_Fleet, Ints]:
    """Return the fleet and the requests of the next cycle; there are as many runs as before."""
    other = draw.random(len(kind)) < changed
    after = kind.copy()
    for number in np.unique(kinds.number):
        here = np.flatnonzero(other & (kinds.number[kind] == number))
        after[here] = draw.choice(kind[kinds.number[kind] == number], len(here))
    moved = draw.random(len(fleet.room)) < changed
    room = np.where(moved, np.rint(fleet.room * draw.uniform(0.8, 1.2, len(moved))), fleet.room)
    return replace(fleet, room=np.maximum(1, room).astype(np.int64)), after


def _fleet(size: Size, draw: np.random.Generator) -> _Fleet:
    """Return slots: each device type is in one to a few labs."""
    types = max(1, size.slots // 2)
    runtimes = min(RUNTIMES, size.slots)
    # Every type somewhere, the rest of the slots where chance puts them.
    pairs = np.unique(
        np.concatenate(
            (
                np.arange(types) * runtimes + draw.integers(0, runtimes, types),
                draw.permutation(types * runtimes)[: 2 * size.slots],
            )
        )
    )
    pairs = np.sort(draw.permutation(pairs)[: size.slots])
    device_type, runtime = pairs // runtimes, pairs % runtimes
    share = draw.gamma(2.0, size=len(pairs))
    # A run of priority 40, the middle one, sees 1.4 times the room of the lowest.
    room = size.runs / size.load * share / share.sum() / 1.4
    return _Fleet(runtime, device_type, np.maximum(1, np.round(room)).astype(np.int64))


def _kinds(size: Size, fleet: _Fleet, draw: np.random.Generator) -> _Kinds:
    """Return kinds of request, each for a few device types, popular ones more often."""
    count = max(8, int(2 * np.sqrt(size.runs)))
    types = int(fleet.device_type.max()) + 1
    first = (types * draw.beta(1.0, 2.5, count)).astype(np.int64)
    width = draw.integers(1, 9, count)
    low = np.searchsorted(fleet.device_type, first)
    high = np.maximum(low + 1, np.searchsorted(fleet.device_type, first + width))
    high = np.minimum(high, len(fleet.device_type))
    low = np.minimum(low, high - 1)
    counts = high - low
    start = np.concatenate(([0], np.cumsum(counts)))
    of = np.repeat(np.arange(count), counts)
    slot = np.arange(len(of)) - start[of] + low[of]
    # A strict request wants no more runs than there are device types for it.
    different = np.array(
        [len(np.unique(fleet.device_type[a:b])) for a, b in zip(low, high, strict=True)]
    )
    number = np.minimum(draw.choice(NUMBERS, count), different)
    modes = [FREE, PERMISSIVE, PERMISSIVE if size.network else STRICT]
    mode = np.where(number == 1, FREE, draw.choice(modes, count))
    duration = draw.integers(2, 25, count)[of] * 60 + fleet.device_type[slot] % 7 * 60
    return _Kinds(
        number=number,
        mode=mode,
        variant=np.where(mode == FREE, 0, 1 << DEVICE_TYPE),
        priority=draw.choice(PRIORITIES, count),
        hours=draw.integers(0, 3, count),
        slack=draw.choice(SLACKS, count, p=[0.1, 0.2, 0.7]),
        start=start,
        slot=slot,
        duration=duration,
        cost=duration * (fleet.runtime[slot] % 4),
    )


def _requests(size: Size, kinds: _Kinds, draw: np.random.Generator) -> Ints:
    """Return the kind of each request, so many that they have `size.runs` runs in all."""
    popular = draw.pareto(1.5, len(kinds.number)) + 1
    kind = draw.choice(len(kinds.number), size.runs, p=popular / popular.sum())
    total = np.cumsum(kinds.number[kind])
    kind = kind[: int(np.searchsorted(total, size.runs, side="right"))]
    short = size.runs - int(kinds.number[kind].sum())
    single = np.flatnonzero(kinds.number == 1)
    return np.concatenate((kind, draw.choice(single, short) if len(single) else kind[:0]))


def _menus(size: Size, kinds: _Kinds, kind: Ints) -> tuple[Ints, Ints]:
    """Return the menu and the candidate's row in `kinds` of every candidate."""
    if not size.distinct:
        return np.repeat(np.arange(len(kinds.number)), np.diff(kinds.start)), np.arange(
            len(kinds.slot)
        )
    counts = np.diff(kinds.start)[kind]
    return np.repeat(np.arange(len(kind)), counts), stretches(kinds.start[kind], counts)


def _problem(size: Size, fleet: _Fleet, kinds: _Kinds, kind: Ints) -> Problem:
    menu, row = _menus(size, kinds, kind)
    slot = kinds.slot[row]
    attribute = np.empty((len(ATTRIBUTES), len(row)), dtype=np.int64)
    attribute[DEVICE_TYPE] = attribute[PLATFORM] = fleet.device_type[slot]
    attribute[MACH] = attribute[DEVICE_TYPE] // 8
    attribute[ARCH] = attribute[DEVICE_TYPE] % 4
    attribute[RUNTIME] = fleet.runtime[slot]
    number = kinds.number[kind]
    value = (10 + kinds.priority) * (100 + 10 * kinds.hours)
    duration = kinds.duration[row]
    if size.distinct:
        # Some seconds more on every candidate: alike in all that matters, equal in nothing.
        duration = duration + menu % 59 + menu // 59 % 61 * np.arange(len(row)) % 127
    names = {
        "device_type": int(fleet.device_type.max()) + 1,
        "platform": int(fleet.device_type.max()) + 1,
        "mach": int(fleet.device_type.max()) // 8 + 1,
        "arch": 4,
        "runtime": RUNTIMES,
    }
    return Problem(
        policy=Policy(),
        seed_time="2026-08-01T00:00:00+00:00",
        request_number=number,
        request_value=value[kind],
        request_priority=kinds.priority[kind],
        request_slack=kinds.slack[kind],
        request_mode=kinds.mode[kind],
        request_variant=kinds.variant[kind],
        request_menu=np.arange(len(kind)) if size.distinct else kind,
        used_request=np.zeros(0, dtype=np.int64),
        used_attribute=np.zeros(0, dtype=np.int64),
        used_value=np.zeros(0, dtype=np.int64),
        candidate_menu=menu,
        candidate_slot=slot,
        candidate_platform=attribute[PLATFORM].copy(),
        candidate_duration=duration,
        candidate_cost=kinds.cost[row],
        candidate_attribute=attribute,
        slot_runtime=fleet.runtime,
        slot_device_type=fleet.device_type,
        run_index=np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number),
        labels={
            **{name: tuple(f"{name}-{i}" for i in range(many)) for name, many in names.items()},
            "request": Names(map(str, range(len(kind)))),
            "job": Names(("job",) * len(kind)),
            "parent": Names(("parent",) * len(kind)),
        },
        admission=None,
        **_limits(size, fleet, int(number.sum())),
    )


def _limits(size: Size, fleet: _Fleet, runs: int) -> dict[str, Ints]:
    """Return ceilings that grow with priority, deadlines, totals and waits of the fleet."""
    slots = np.arange(len(fleet.room))
    ceiling = fleet.room[:, None] * (100 + PRIORITIES) // 100
    devices = np.maximum(1, fleet.room // ROUNDS)
    deadlines, steps = [], []
    for slot, (boards, most) in enumerate(zip(devices.tolist(), ceiling.tolist(), strict=True)):
        queue = Queue("", "", devices=boards, running=boards)
        steps += wait_steps(slot, queue, Pace(0, SERVICE_S), min(runs, most[-1]))
        within = [(slot, int(s), queue.runs_within(int(s), Pace(0, SERVICE_S))) for s in SLACKS]
        deadlines += [row for row in within if row[2] < most[-1] and not size.network]
    whole = np.bincount(fleet.runtime, weights=ceiling[:, -1], minlength=RUNTIMES)
    few = np.arange(0, RUNTIMES, 3)
    step, late = np.array(steps), np.array(deadlines, dtype=np.int64).reshape(-1, 3)
    return {
        "ceiling_slot": np.repeat(slots, len(PRIORITIES)),
        "ceiling_priority": np.tile(PRIORITIES, len(slots)),
        "ceiling_limit": ceiling.reshape(-1),
        "deadline_slot": late[:, 0].copy(),
        "deadline_slack": late[:, 1].copy(),
        "deadline_limit": late[:, 2].copy(),
        "total_runtime": few,
        "total_limit": (whole[few] * 0.6).astype(np.int64),
        "step_slot": step[:, 0].copy(),
        "step_width": step[:, 1].copy(),
        "step_wait": step[:, 2].copy(),
    }


def _shared(problem: Problem, fleet: _Fleet, seed: int) -> Problem:
    """Return `problem` with clusters that have less CPU and memory than places for runs."""
    # Draws of their own: with and without clusters, and changed or not, the rest is the same.
    draw = np.random.default_rng((seed, CONTEXTS))
    cluster = fleet.runtime % 5 == 1
    pool = fleet.runtime * CONTEXTS + np.where(cluster, np.arange(len(cluster)) % CONTEXTS, 0)
    menus = int(problem.candidate_menu.max()) + 1
    cpu = draw.choice([500, 1000, 1500, 2000, 4000], menus)[problem.candidate_menu]
    memory = draw.choice([512, 1024, 3072, 8192], menus)[problem.candidate_menu]
    there = cluster[problem.candidate_slot]
    pools = RUNTIMES * CONTEXTS
    room = np.bincount(pool[cluster], weights=fleet.room[cluster], minlength=pools)
    limited = np.flatnonzero(room)
    # A mean run takes about 1800 thousandths of a CPU and 3200 MiB.
    share = ((CPU, 1000), (MEMORY, 1800))
    limits = [(p, kind, int(room[p] * much)) for p in limited for kind, much in share]
    table = np.array(limits, dtype=np.int64).reshape(-1, 3)
    names = tuple(f"context-{i % CONTEXTS}" for i in range(pools))
    return replace(
        problem,
        labels={**problem.labels, "pool": names},
        slot_pool=pool,
        pool_runtime=np.arange(pools) // CONTEXTS,
        candidate_cpu=np.where(there, cpu, 0),
        candidate_memory=np.where(there, memory, 0),
        resource_pool=table[:, 0].copy(),
        resource_kind=table[:, 1].copy(),
        resource_limit=table[:, 2].copy(),
    )

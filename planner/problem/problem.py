# SPDX-License-Identifier: LGPL-2.1-or-later
"""The columns of an assignment problem."""

import hashlib
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from models import Policy, Tier, VariantAttribute
from planner.candidates import Admission
from planner.problem.names import Names
from planner.problem.narrow import narrow

Ints = npt.NDArray[np.int64]

FREE, PERMISSIVE, STRICT = 0, 1, 2
RUNS, CPU, MEMORY = 0, 1, 2
RESOURCES = ("runs", "cpu", "memory")
UNLIMITED = 1_000_000_000

# Row i of `Problem.candidate_attribute` holds attribute i; bit i of `request_variant` asks for it.
ATTRIBUTES = tuple(VariantAttribute)


def nothing() -> Ints:
    """Return a column of a table without rows."""
    return np.zeros(0, dtype=np.int64)


def everywhere(value: int, count: int) -> Ints:
    """Return a column of one number, that takes no room and is not written to."""
    return np.broadcast_to(np.int64(value), (count,))


def stretches(first: Ints, counts: Ints) -> Ints:
    """Return `counts[i]` numbers from `first[i]` up, for each i in turn."""
    some = counts > 0
    first, counts = first[some], counts[some]
    # One more than the one before, but where the next stretch begins.
    numbers = np.ones(int(counts.sum()), dtype=np.int64)
    begins = np.cumsum(counts) - counts
    numbers[begins] = first
    numbers[begins[1:]] -= first[:-1] + counts[:-1] - 1
    return np.cumsum(numbers, out=numbers)


def nth_of_equal(ordered: npt.NDArray[Any]) -> Ints:
    """Return of each number how many equal ones stand before it; they are in ascending order."""
    return np.arange(len(ordered)) - np.searchsorted(ordered, ordered)


def nth_so_far(numbers: npt.NDArray[Any]) -> Ints:
    """Return of each number how many equal ones stand before it, in whatever order they are."""
    order = np.argsort(numbers, kind="stable")
    nth = np.empty(len(numbers), dtype=np.int64)
    nth[order] = nth_of_equal(numbers[order])
    return nth


@dataclass(frozen=True, eq=False)
class Problem:
    """One batch as arrays of int64; nothing in it knows a solver.

    Requests (N rows, in the order of the batch):
        `request_number` runs still to place; `request_value` worth of one run; `request_priority`
        0 to 100; `request_slack` seconds until a start would be too late, in whole quarters of an
        hour, rounded down; `request_mode` FREE, PERMISSIVE or STRICT; `request_variant` the set
        of attributes in which its runs differ, as bits; `request_menu` the menu of its candidates.
    Used values (one row for each value that an already sent run of a request took):
        `used_request`, `used_attribute`, `used_value`.
    Candidates (C rows, sorted by menu; a menu is a list of candidates that requests may share):
        `candidate_menu`, `candidate_slot`, `candidate_platform`, `candidate_duration` seconds
        until a result (repetitions included), `candidate_cost` milli-cost, `candidate_attribute`
        (5, C) codes of the variant attributes.
    Slots (S rows): `slot_runtime`, `slot_device_type`.
    Ceilings: at most `ceiling_limit` runs of priority <= `ceiling_priority` on `ceiling_slot`.
    Deadlines: at most `deadline_limit` runs of slack <= `deadline_slack` on `deadline_slot`.
    Totals: at most `total_limit` runs in `total_runtime`.
    Steps (sorted by slot, then by wait): the next `step_width` runs on `step_slot` are expected
        to wait `step_wait` seconds; the last step of a slot is unlimited.

    What follows may be left out, as most problems have none of it:

    Groups: `request_group` (N rows, or none) is the group of each request; requests are of one
        group where contracts do not tell them apart. Without it all are of group 0.
    Shares: at most `share_limit` runs in `share_runtime`, so that its owner has the rest.
    Hours: at most `hours_limit` runs on `hours_slot` start before the lab closes.
    Quotas: at most `quota_limit` runs in `quota_runtime` of the groups that `counted_group` pairs
        with the quota's row in `counted_quota`; `labels["quota"]` names the rows.

    Reserves: at most `reserve_limit` runs of priority <= `reserve_priority` on `reserve_slot`, not
        counting those of the groups in `favoured_group`, for whom the rest is kept.
    Stale: `stale_days` days passed since requests of `stale_subject` ran on `stale_device_type`;
        `request_subject` (N rows, or none) is what each request is a run of (a job for a tree).
    Needs: `candidate_cpu` thousandths of a CPU, `candidate_memory` MiB (C rows, or none).
    Pools: `slot_pool` (S rows, or none) is the place whose resources a slot shares with others:
        a context of `pool_runtime`, or that runtime as a whole.
    Resources: all runs in `resource_pool` together take at most `resource_limit` of what
        `resource_kind` says: RUNS, CPU or MEMORY.

    Pins: the run at position `barred_run` may not go to `barred_candidate`, one of its request's:
        it is pinned elsewhere. One row for each such pair.
    Last: the plan before this one had the run at position `last_run` on `last_candidate`, of the
        run's own request; one row a run at the most, sorted.

    `labels` names the codes; `run_index` is the index of each run within its request, in run
    order (all runs of the first request, then the second, and so on).
    """

    policy: Policy
    seed_time: str
    request_number: Ints
    request_value: Ints
    request_priority: Ints
    request_slack: Ints
    request_mode: Ints
    request_variant: Ints
    request_menu: Ints
    used_request: Ints
    used_attribute: Ints
    used_value: Ints
    candidate_menu: Ints
    candidate_slot: Ints
    candidate_platform: Ints
    candidate_duration: Ints
    candidate_cost: Ints
    candidate_attribute: Ints
    slot_runtime: Ints
    slot_device_type: Ints
    ceiling_slot: Ints
    ceiling_priority: Ints
    ceiling_limit: Ints
    deadline_slot: Ints
    deadline_slack: Ints
    deadline_limit: Ints
    total_runtime: Ints
    total_limit: Ints
    step_slot: Ints
    step_width: Ints
    step_wait: Ints
    run_index: Ints
    labels: dict[str, Sequence[str]]
    request_group: Ints = field(default_factory=nothing)
    share_runtime: Ints = field(default_factory=nothing)
    share_limit: Ints = field(default_factory=nothing)
    hours_slot: Ints = field(default_factory=nothing)
    hours_limit: Ints = field(default_factory=nothing)
    quota_runtime: Ints = field(default_factory=nothing)
    quota_limit: Ints = field(default_factory=nothing)
    counted_quota: Ints = field(default_factory=nothing)
    counted_group: Ints = field(default_factory=nothing)
    favoured_group: Ints = field(default_factory=nothing)
    reserve_slot: Ints = field(default_factory=nothing)
    reserve_priority: Ints = field(default_factory=nothing)
    reserve_limit: Ints = field(default_factory=nothing)
    request_subject: Ints = field(default_factory=nothing)
    stale_subject: Ints = field(default_factory=nothing)
    stale_device_type: Ints = field(default_factory=nothing)
    stale_days: Ints = field(default_factory=nothing)
    candidate_cpu: Ints = field(default_factory=nothing)
    candidate_memory: Ints = field(default_factory=nothing)
    slot_pool: Ints = field(default_factory=nothing)
    pool_runtime: Ints = field(default_factory=nothing)
    resource_pool: Ints = field(default_factory=nothing)
    resource_kind: Ints = field(default_factory=nothing)
    resource_limit: Ints = field(default_factory=nothing)
    barred_run: Ints = field(default_factory=nothing)
    barred_candidate: Ints = field(default_factory=nothing)
    last_run: Ints = field(default_factory=nothing)
    last_candidate: Ints = field(default_factory=nothing)
    admission: Admission | None = field(default=None, compare=False, repr=False)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Return the names of the array columns, in a fixed order."""
        return tuple(f.name for f in fields(cls) if f.type is Ints or f.type == "Ints")

    @classmethod
    def optional(cls, column: str) -> bool:
        """Tell whether a column may be left out."""
        return any(f.name == column and f.default_factory is not MISSING for f in fields(cls))

    @cached_property
    def digest(self) -> str:
        """Return a hexadecimal digest of everything that the solution depends on."""
        sha = hashlib.sha256(self.policy.model_dump_json().encode())
        sha.update(self.seed_time.encode())
        for name in self.columns():
            array = narrow(getattr(self, name))
            sha.update(f"{name}{array.shape}{array.itemsize}".encode())
            sha.update(array.data)
        for name in sorted(self.labels):
            names = self.labels[name]
            text = names.text if isinstance(names, Names) else "\0".join(names).encode()
            sha.update(name.encode() + (b"\0" if len(names) else b""))
            sha.update(text)
        return sha.hexdigest()[:20]

    @cached_property
    def requests(self) -> int:
        """Return how many requests there are."""
        return len(self.request_number)

    @cached_property
    def runs(self) -> int:
        """Return how many runs there are to place."""
        return int(self.request_number.sum())

    @cached_property
    def slots(self) -> int:
        """Return how many slots there are."""
        return len(self.slot_runtime)

    @cached_property
    def group(self) -> Ints:
        """Return the group of each request."""
        return self.request_group if len(self.request_group) else everywhere(0, self.requests)

    @cached_property
    def subject(self) -> Ints:
        """Return what each request is a run of; all are of one subject where none is stale."""
        known = len(self.request_subject) > 0 and len(self.stale_days) > 0
        return self.request_subject if known else everywhere(0, self.requests)

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """Return the goals of the policy that there is something to measure for.

        Staleness is none where nothing is known to be stale, stability where there is no last plan.
        """
        known = {Tier.STALENESS: len(self.stale_days), Tier.STABILITY: len(self.last_run)}
        return tuple(tier for tier in self.policy.tiers if known.get(tier, True))

    @cached_property
    def uses(self) -> tuple[Ints, Ints, Ints]:
        """Return how much of RUNS, CPU and MEMORY a run takes on each candidate."""
        none = np.zeros_like(self.candidate_menu)
        cpu = self.candidate_cpu if len(self.candidate_cpu) else none
        memory = self.candidate_memory if len(self.candidate_memory) else none
        return np.ones_like(self.candidate_menu), cpu, memory

    def place(self, candidate: int) -> tuple[str, str, str]:
        """Return the names of a candidate's runtime, platform and device type."""
        slot = self.candidate_slot[candidate]
        return (
            self.labels["runtime"][self.slot_runtime[slot]],
            self.labels["platform"][self.candidate_platform[candidate]],
            self.labels["device_type"][self.slot_device_type[slot]],
        )

    def context(self, slot: int) -> str | None:
        """Return where in its runtime a slot is, None where that has one place only."""
        return self.labels["pool"][self.slot_pool[slot]] or None if len(self.slot_pool) else None

    @cached_property
    def ordinary(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Tell of each request whether reserved room is not for it."""
        return np.isin(self.group, self.favoured_group, invert=True)

    @cached_property
    def run_request(self) -> Ints:
        """Return the request of each run, in run order."""
        return np.repeat(np.arange(self.requests), self.request_number)

    @cached_property
    def run_start(self) -> Ints:
        """Return the position of the first run of each request, in run order; N + 1 entries."""
        start = np.zeros(self.requests + 1, dtype=np.int64)
        np.cumsum(self.request_number, out=start[1:])
        return start

    @cached_property
    def barred(self) -> dict[int, frozenset[int]]:
        """Return the candidates to which each pinned run may not go."""
        found: dict[int, set[int]] = {}
        pairs = zip(self.barred_run.tolist(), self.barred_candidate.tolist(), strict=True)
        for run, candidate in pairs:
            found.setdefault(run, set()).add(candidate)
        return {run: frozenset(candidates) for run, candidates in found.items()}

    @cached_property
    def last(self) -> Ints:
        """Return the candidate that each run had in the last plan, -1 where it had none."""
        last = np.full(self.runs, -1, dtype=np.int64)
        last[self.last_run] = self.last_candidate
        last.setflags(write=False)
        return last

    @cached_property
    def last_offset(self) -> Ints:
        """Return which candidate of its menu each run of `last_run` had."""
        menu = self.request_menu[self.run_request[self.last_run]]
        return self.last_candidate - self.menu_start[menu]

    @cached_property
    def menu_start(self) -> Ints:
        """Return the position of the first candidate of each menu, and the number of candidates."""
        menus = 1 + max(
            int(self.request_menu.max(initial=-1)), int(self.candidate_menu.max(initial=-1))
        )
        return np.searchsorted(self.candidate_menu, np.arange(menus + 1))

    def candidates(self, request: int) -> range:
        """Return the positions of the candidates of a request."""
        menu = self.request_menu[request]
        return range(int(self.menu_start[menu]), int(self.menu_start[menu + 1]))

    def run_id(self, run: int) -> str:
        """Return the key of the run at position `run`."""
        return f"{self.labels['request'][self.run_request[run]]}-{self.run_index[run]}"

    def run_position(self, run_id: str) -> int:
        """Return the position of the run with that key.

        Raises:
            KeyError: if this problem has no such run.
        """
        request, _, index = run_id.rpartition("-")
        position = self._request_position.get(request)
        if position is not None and index.isdigit():
            first, last = self.run_start[position], self.run_start[position + 1]
            hits = np.flatnonzero(self.run_index[first:last] == int(index))
            if len(hits):
                return int(first + hits[0])
        raise KeyError(run_id)

    @cached_property
    def _request_position(self) -> dict[str, int]:
        return {key: position for position, key in enumerate(self.labels["request"])}

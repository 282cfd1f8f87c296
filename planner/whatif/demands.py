# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a problem of one request asks for, wish by wish, and the problem without each of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models import NamedRule
from planner.plan.wording import counted
from planner.problem import ATTRIBUTES, FREE, STRICT, Problem
from planner.problem.problem import CPU, MEMORY, RUNS, Ints
from planner.rules import slot_name
from planner.rules.resources import pool_name

_RESOURCES = {RUNS: "room for {} runs", CPU: "{} thousandths of a CPU", MEMORY: "{} MiB of memory"}


def _unchanged(problem: Problem) -> Problem:
    return problem


@dataclass(frozen=True)
class Wish:
    """One rule by its name, the problem without it, and the candidates that it shuts.

    `bars` are pairs of a run and a candidate that a pin of single runs shuts.
    """

    named: NamedRule
    drop: Callable[[Problem], Problem] = _unchanged
    shuts: tuple[int, ...] = ()
    bars: tuple[tuple[int, int], ...] = ()


def wishes(problem: Problem) -> Iterator[Wish]:
    """Yield what the only request of `problem` asks for, and each limit that may be too low."""
    number = int(problem.request_number[0])
    if number > 1:
        text = f"{counted(number, 'run')} are wanted"
        yield Wish(NamedRule(rule="number", text=text), _one_run)
    if problem.request_mode[0] == STRICT:
        yield from _variants(problem)
    yield from _slots(problem, number)
    yield from _runtimes(problem, number)
    yield from _resources(problem, number)


def _one_run(problem: Problem) -> Problem:
    return replace(
        problem, request_number=np.ones(1, dtype=np.int64), run_index=problem.run_index[:1]
    )


def _variants(problem: Problem) -> Iterator[Wish]:
    for attribute, name in enumerate(ATTRIBUTES):
        if not problem.request_variant[0] >> attribute & 1:
            continue
        text = f"its runs must differ in {name}"
        yield Wish(NamedRule(rule="variant_strict", text=text), _NoVariant(attribute))
        taken = problem.used_value[problem.used_attribute == attribute]
        for value in np.unique(taken).tolist():
            text = f"an earlier run has {name} {problem.labels[name][value]}"
            drop = _Without("used_", "used_attribute", attribute, value)
            yield Wish(NamedRule(rule="variant_strict", text=text), drop)


@dataclass(frozen=True)
class _NoVariant:
    """The runs need not differ in one attribute."""

    attribute: int

    def __call__(self, problem: Problem) -> Problem:
        variant = problem.request_variant & ~(1 << self.attribute)
        changed = replace(
            problem,
            request_variant=variant,
            request_mode=np.where(variant == 0, FREE, problem.request_mode),
        )
        return _Without("used_", "used_attribute", self.attribute)(changed)


@dataclass(frozen=True)
class _Without:
    """A table without the rows in which a column has a value (and, of `used_`, that value)."""

    table: str
    column: str
    equals: int
    value: int | None = None

    def __call__(self, problem: Problem) -> Problem:
        away = getattr(problem, self.column) == self.equals
        if self.value is not None:
            away &= problem.used_value == self.value
        columns: dict[str, Any] = {
            name: getattr(problem, name)[~away]
            for name in Problem.columns()
            if name.startswith(self.table)
        }
        return replace(problem, **columns)


def _slots(problem: Problem, number: int) -> Iterator[Wish]:
    """Yield what limits the slots to fewer runs than are wanted."""
    told = [
        ("slot_ceiling", "ceiling_", "{slot} takes {more}"),
        ("deadline", "deadline_", "{slot} can start {more} in time"),
        ("lab_hours", "hours_", "{slot} can start {more} before the lab closes"),
    ]
    if problem.ordinary[0]:
        text = "{slot} takes {more} beside what is kept for humans and bisections"
        told.append(("reserve", "reserve_", text))
    for rule, table, text in told:
        column = f"{table}slot"
        for slot, limit in _limits(problem, table, column):
            if limit < number:
                said = text.format(slot=slot_name(problem, slot), more=counted(limit, "more run"))
                yield Wish(NamedRule(rule=rule, text=said), _Without(table, column, slot))


def _runtimes(problem: Problem, number: int) -> Iterator[Wish]:
    """Yield what limits whole runtimes to fewer runs than are wanted."""
    told = (
        ("runtime_total", "total_", "{runtime} takes {more} in all"),
        ("lab_share", "share_", "the contract of {runtime} leaves {more} of its devices"),
    )
    for rule, table, text in told:
        column = f"{table}runtime"
        for runtime, limit in _limits(problem, table, column):
            if limit < number:
                name = problem.labels["runtime"][runtime]
                said = text.format(runtime=name, more=counted(limit, "more run"))
                yield Wish(NamedRule(rule=rule, text=said), _Without(table, column, runtime))
    for row, limit in enumerate(problem.quota_limit.tolist()):
        if (
            limit < number
            and problem.group[0] in problem.counted_group[problem.counted_quota == row]
        ):
            name = problem.labels["runtime"][problem.quota_runtime[row]]
            who, more = problem.labels["quota"][row], counted(limit, "more run")
            said = f"the contract of {name} admits {more} of {who}"
            yield Wish(NamedRule(rule="lab_quota", text=said), _NoQuota(row))


def _resources(problem: Problem, number: int) -> Iterator[Wish]:
    """Yield the places that may not have what all the runs would take together."""
    short: dict[int, list[str]] = {}
    for pool, kind, limit in zip(
        problem.resource_pool.tolist(),
        problem.resource_kind.tolist(),
        problem.resource_limit.tolist(),
        strict=True,
    ):
        if limit < number * int(problem.uses[kind].max(initial=0)):
            short.setdefault(pool, []).append(_RESOURCES[kind].format(limit))
    for pool, left in short.items():
        said = f"{pool_name(problem, pool)} has {' and '.join(left)} left"
        drop = _Without("resource_", "resource_pool", pool)
        yield Wish(NamedRule(rule="resources", text=said), drop)


def _limits(problem: Problem, table: str, column: str) -> list[tuple[int, int]]:
    """Return the least limit of each slot or runtime in a table."""
    about: Ints = getattr(problem, column)
    limit: Ints = getattr(problem, f"{table}limit")
    return [(one, int(limit[about == one].min())) for one in np.unique(about).tolist()]


@dataclass(frozen=True)
class _NoQuota:
    """One quota without a limit; its row stays, since others are named after it."""

    row: int

    def __call__(self, problem: Problem) -> Problem:
        limit = problem.quota_limit.copy()
        limit[self.row] = int(problem.request_number.sum())
        return replace(problem, quota_limit=limit)

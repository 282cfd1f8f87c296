# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests that look alike to the solver become one class."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from weakref import WeakKeyDictionary

import numpy as np

from planner.problem.narrow import narrow
from planner.problem.problem import FREE, Ints, Problem, everywhere, nth_of_equal, stretches

# A table of numbers that occur may have so many entries for each row.
SPREAD = 2


@dataclass(frozen=True)
class Classes:
    """Which requests are alike: `members` of class c stand for its `representative` request.

    `of` is the class of each request (N), `representative` its first request (K), `size` how
    many requests it has (K). `order` lists the requests sorted by class, and within a class in
    the order of the batch; `start` (K + 1) says where each class begins in it. `alike` is False
    where requests of one class may take and cost different amounts on the same candidate.
    """

    of: Ints
    representative: Ints
    size: Ints
    alike: bool = True

    def __len__(self) -> int:
        return len(self.size)

    @cached_property
    def order(self) -> Ints:
        """Return the requests sorted by class."""
        # Numbers of two bytes are sorted by counting, many times as fast.
        return np.argsort(self.of.astype(np.min_scalar_type(len(self))), kind="stable")

    @cached_property
    def start(self) -> Ints:
        """Return where each class begins in `order`."""
        return np.concatenate(([0], np.cumsum(self.size)))


# Whoever solves a problem and whoever checks its plan ask for the same classes.
_MERGED: WeakKeyDictionary[Problem, Classes] = WeakKeyDictionary()


def merge(problem: Problem) -> Classes:
    """Return the classes of `problem`: same runs, worth, mode, variants and candidates.

    Requests whose runs differ in several attributes at once, or that have pinned runs, stay alone:
    the argument that turns a class back into runs does not hold for them. Others are alike only if
    earlier runs took the same, and those of several runs that differ only if the last plan had
    these alike.
    """
    if problem not in _MERGED:
        takes = problem.candidate_duration, problem.candidate_cost
        _MERGED[problem] = _merged(problem, (*_places(problem), *takes), _homes(problem))
    return _MERGED[problem]


def kinds(problem: Problem) -> Classes:
    """Return the classes of `problem` if it did not matter what runs take and cost.

    What can be placed, and how differently, does not depend on that: a plan for kinds is a plan.
    """
    return replace(_merged(problem, _places(problem)), alike=False)


def wishes(problem: Problem) -> tuple[Ints, ...]:
    """Return the columns of requests that say what is wanted, wherever it may go."""
    return (
        problem.request_number,
        problem.request_value,
        problem.request_priority,
        problem.request_slack,
        problem.request_mode,
        problem.request_variant,
    )


def _merged(
    problem: Problem, candidates: tuple[Ints, ...], homes: tuple[Ints, ...] = ()
) -> Classes:
    """Return the classes of requests that agree in all columns of requests, `homes` among them.

    And their menus agree in all columns of `candidates`.
    """
    columns = (
        *wishes(problem),
        problem.request_group,
        problem.subject,
        _apart(problem),
        *homes,
    )
    # Without those that are left out, or are one number `everywhere`.
    columns = tuple(column for column in columns if len(column) and column.strides != (0,))
    first, rank, of = _by_menu(problem, columns)
    menu = _menu_alike(problem, candidates)[problem.request_menu[first]]
    lead, kind = _alike((menu, *(column[first] for column in columns)))
    lead, number = _in_order(lead)
    of = number[kind][rank][of]
    return Classes(of, first[lead], np.bincount(of, minlength=len(lead)).astype(np.int64))


def _by_menu(problem: Problem, columns: Sequence[Ints]) -> tuple[Ints, Ints, Ints]:
    """Return the first of the requests that agree in `columns` and have one menu, in their order.

    And which of these each number means, and a number of each request. Most often requests with
    one menu agree in the rest as well, and few are left to be compared.
    """
    menu, count = problem.request_menu, len(problem.menu_start) - 1
    first = _first(menu, count)
    narrowed = ((column, narrow(column)) for column in columns)
    others = [column for column, few in narrowed if (few[first][menu] != few).any()]
    of = menu
    if others or (first < 0).any():
        first, of = _alike((menu, *others))
    return *_in_order(first), of


def _in_order(first: Ints) -> tuple[Ints, Ints]:
    """Return the first rows sorted, so that the order of the batch is kept, and where each went."""
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank


def _first(of: Ints, count: int) -> Ints:
    """Return where each number up to `count` is first in `of`, -1 if nowhere."""
    first = np.full(count, -1, dtype=np.int64)
    # Of several, the last that is written stays: the first in the batch.
    first[of[::-1]] = np.arange(len(of))[::-1]
    return first


def _alike(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return the first of each kind of equal rows, and the kind of each row.

    Columns have numbers from 0 up. Rows become one number each, digit by digit; where the numbers
    would spread too far, the rows so far are numbered anew. So equality is exact, and hardly
    anything has to be sorted.
    """
    key, span = everywhere(0, len(columns[0])), 1
    widths = [int(column.max(initial=0)) + 1 for column in columns]
    # Narrow ones first: as long as the numbers are small, so are the tables.
    for width, column in sorted(zip(widths, columns, strict=True), key=itemgetter(0)):
        digit = column
        if span * width > SPREAD * len(column):
            key, span = _numbered(key, span)
        if span * width > SPREAD * len(column):
            digit, width = _numbered(column, width)
        key = key * width + digit
        span *= width
    of, count = _numbered(key, span)
    return _first(of, count), of


def _numbered(values: Ints, span: int) -> tuple[Ints, int]:
    """Return what numbers from 0 up to `span` are among those that occur, and how many occur."""
    if span >= SPREAD * len(values):
        kinds, of = np.unique(values, return_inverse=True)
        return of, len(kinds)
    there = np.zeros(span, dtype=np.bool_)
    there[values] = True
    # The table may be larger than all the columns: half the width is half the time.
    number = np.cumsum(there, dtype=np.int32)
    number -= 1
    return number[values].astype(np.int64), int(number[-1]) + 1


def _apart(problem: Problem) -> Ints:
    """Return numbers that differ where requests that are alike otherwise are of two classes.

    0 for most; one for each set of values that earlier runs took; each its own where a request
    differs in several attributes or has pinned runs.
    """
    alone = (problem.request_mode != FREE) & (np.bitwise_count(problem.request_variant) > 1)
    if len(problem.barred_run):
        alone[problem.run_request[problem.barred_run]] = True
    if not alone.any() and not len(problem.used_request):
        return everywhere(0, problem.requests)
    apart = np.zeros(problem.requests, dtype=np.int64)
    apart[alone] = np.flatnonzero(alone) + 1
    taken: dict[int, list[tuple[int, int]]] = {}
    used = (problem.used_request, problem.used_attribute, problem.used_value)
    for request, *value in zip(*(column.tolist() for column in used), strict=True):
        taken.setdefault(request, []).append(tuple(value))
    sets: dict[tuple[tuple[int, int], ...], int] = {}
    for request, values in taken.items():
        if not alone[request]:
            number = sets.setdefault(tuple(sorted(values)), len(sets))
            apart[request] = problem.requests + 1 + number
    return apart


def _homes(problem: Problem) -> tuple[Ints, ...]:
    """Return, if it matters, a number that is equal where the last plan had equal runs.

    Runs that need not differ, or are the only one of their request, trade places whoever they are
    of: for these it does not matter.
    """
    row, request = _bound(problem)
    if not len(row):
        return ()
    # Each request's homes in their order: as a row, as wide as there are runs.
    width = int(problem.request_number[request].max())
    order = np.lexsort((problem.last_offset[row], request))
    owner, of = np.unique(request[order], return_inverse=True)
    table = np.full((len(owner), width), -1, dtype=np.int64)
    table[of, nth_of_equal(of)] = problem.last_offset[row][order]
    _, number = np.unique(table, axis=0, return_inverse=True)
    homes = np.zeros(problem.requests, dtype=np.int64)
    homes[owner] = number.reshape(-1) + 1
    return (homes,)


def _bound(problem: Problem) -> tuple[Ints, Ints]:
    """Return the rows of the last plan whose runs cannot trade with other requests, and these."""
    request = problem.run_request[problem.last_run]
    differ = (problem.request_number > 1) & (problem.request_mode != FREE)
    row = np.flatnonzero(differ[request])
    return row, request[row]


def _menu_alike(problem: Problem, columns: tuple[Ints, ...]) -> Ints:
    """Return for each menu one that has exactly the same candidates, as far as `columns` tell.

    A hash proposes which menus are alike; what it proposes is then compared column by column.
    """
    start = problem.menu_start
    counts = np.diff(start)
    first, of = _alike((counts, _menu_hash(problem, columns)))
    twin_of = first[of]
    other = np.flatnonzero(twin_of != np.arange(len(counts)))
    mine = stretches(start[other], counts[other])
    its = stretches(start[twin_of[other]], counts[other])
    if all(np.array_equal(column[mine], column[its]) for column in columns):
        return twin_of
    return np.arange(len(counts))


def _places(problem: Problem) -> tuple[Ints, ...]:
    """Return the columns of candidates that say where they are, and what that takes there."""
    _, cpu, memory = problem.uses
    where = (problem.candidate_slot, problem.candidate_platform, *problem.candidate_attribute)
    return (*where, cpu, memory) if len(problem.resource_limit) else where


def _menu_hash(problem: Problem, columns: tuple[Ints, ...]) -> Ints:
    """Return a hash of the ordered candidates of each menu, of 60 bits: one digit of `_alike`."""
    start = problem.menu_start
    rank = np.arange(len(problem.candidate_menu)) - start[problem.candidate_menu]
    mixed = (rank + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for column in columns:
        mixed ^= column.view(np.uint64)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    total = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)))
    return np.asarray(((total[start[1:]] - total[start[:-1]]) >> np.uint64(4)).view(np.int64))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The decision columns of the linear model, and the sparse rows that rules put over them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.problem import ATTRIBUTES, FREE, PERMISSIVE, STRICT, Classes, Problem
from planner.problem.problem import Ints


@dataclass(frozen=True)
class Columns:
    """What is decided, for each class c of requests; all columns are ints from 0 up.

    `placed`: runs of class c on one of its candidates (one column each; `candidate` is the
    candidate of the class's representative, `of_class` the class).
    `complete`: how many requests of a strict class get all their runs (`strict` lists them).
    `repeat`: runs of a permissive class beyond the different values it could have had; one for
    each (class, attribute, value): `repeat_class`, `repeat_attribute`, `repeat_value`.
    `step`: runs in a waiting step of a slot, as `problem.step_*` lists them.
    """

    problem: Problem
    classes: Classes
    candidate: Ints
    of_class: Ints
    strict: Ints
    repeat_class: Ints
    repeat_attribute: Ints
    repeat_value: Ints

    @classmethod
    def over(cls, problem: Problem, classes: Classes) -> "Columns":
        """Return the columns that `classes` need."""
        representative = classes.representative
        start = problem.candidate_start
        counts = start[representative + 1] - start[representative]
        of_class = np.repeat(np.arange(len(classes)), counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        candidate = np.arange(len(of_class)) - first + np.repeat(start[representative], counts)
        mode = problem.request_mode[representative]
        repeats = _values(problem, classes, of_class, candidate, PERMISSIVE)
        return cls(
            problem,
            classes,
            candidate,
            of_class,
            np.flatnonzero(mode == STRICT),
            *(repeats[:, i].copy() for i in range(3)),
        )

    @cached_property
    def number(self) -> Ints:
        """Return the runs that each request of a class has still to place."""
        return self.problem.request_number[self.classes.representative]

    @cached_property
    def slot(self) -> Ints:
        """Return the slot of each `placed` column."""
        return self.problem.candidate_slot[self.candidate]

    def of_request(self, column: Ints) -> Ints:
        """Return a request column of the problem for each `placed` column."""
        return column[self.classes.representative][self.of_class]

    @cached_property
    def complete_at(self) -> int:
        """Return the position of the first `complete` column."""
        return len(self.candidate)

    @cached_property
    def repeat_at(self) -> int:
        """Return the position of the first `repeat` column."""
        return self.complete_at + len(self.strict)

    @cached_property
    def step_at(self) -> int:
        """Return the position of the first `step` column."""
        return self.repeat_at + len(self.repeat_class)

    @cached_property
    def size(self) -> int:
        """Return how many columns there are in all."""
        return self.step_at + len(self.problem.step_slot)

    @cached_property
    def upper(self) -> Ints:
        """Return the largest value that each column can take in any plan."""
        all_runs = self.classes.size * self.number
        free = self.problem.request_mode[self.classes.representative] == FREE
        mode = self.problem.request_mode[self.classes.representative]
        # Runs of a strict request share no value, so no candidate takes more than one of each.
        most = np.where(free | (mode == PERMISSIVE), all_runs, self.classes.size)
        on_slot = np.bincount(
            self.slot, weights=most[self.of_class], minlength=self.problem.slots
        ).astype(np.int64)
        return np.concatenate(
            (
                most[self.of_class],
                self.classes.size[self.strict],
                all_runs[self.repeat_class],
                np.minimum(self.problem.step_width, on_slot[self.problem.step_slot]),
            )
        )

    def values(self, mode: int) -> "Values":
        """Return the (class, attribute, value) groups of the classes of one mode."""
        table = _values(self.problem, self.classes, self.of_class, self.candidate, mode)
        return Values.of(self, table)


@dataclass(frozen=True)
class Values:
    """Groups of `placed` columns of one class that share one value of one variant attribute.

    `of_class`, `attribute`, `value` and `used` (1 where a run sent earlier took that value) are
    one a group; `member` lists (group, column) pairs.
    """

    of_class: Ints
    attribute: Ints
    value: Ints
    used: Ints
    member_group: Ints
    member_column: Ints

    @classmethod
    def of(cls, columns: Columns, table: Ints) -> "Values":
        """Return the groups that the rows (class, attribute, value) of `table` name."""
        problem = columns.problem
        group_of = {tuple(row): i for i, row in enumerate(table.tolist())}
        groups, members = [], []
        for attribute in range(len(ATTRIBUTES)):
            of_attribute = table[table[:, 1] == attribute]
            if not len(of_attribute):
                continue
            width = int(problem.candidate_attribute[attribute].max()) + 1
            numbers = np.full(len(columns.classes) * width, -1, dtype=np.int64)
            numbers[of_attribute[:, 0] * width + of_attribute[:, 2]] = np.flatnonzero(
                table[:, 1] == attribute
            )
            values = problem.candidate_attribute[attribute][columns.candidate]
            group = numbers[columns.of_class * width + values]
            groups.append(group[group >= 0])
            members.append(np.flatnonzero(group >= 0))
        used = np.zeros(len(table), dtype=np.int64)
        taken = (problem.used_request, problem.used_attribute, problem.used_value)
        for request, attribute, value in zip(*(t.tolist() for t in taken), strict=True):
            row = group_of.get((int(columns.classes.of[request]), attribute, value))
            if row is not None:
                used[row] = 1
        empty = np.zeros(0, dtype=np.int64)
        return cls(
            table[:, 0],
            table[:, 1],
            table[:, 2],
            used,
            np.concatenate(groups) if groups else empty,
            np.concatenate(members) if members else empty,
        )


def _values(problem: Problem, classes: Classes, of_class: Ints, candidate: Ints, mode: int) -> Ints:
    """Return the distinct (class, attribute, value) of the classes of one mode, sorted."""
    representative = classes.representative
    bits = np.where(
        problem.request_mode[representative] == mode, problem.request_variant[representative], 0
    )
    tables = []
    for attribute in range(len(ATTRIBUTES)):
        here = np.flatnonzero((bits[of_class] >> attribute) & 1)
        value = problem.candidate_attribute[attribute][candidate[here]]
        tables.append(np.column_stack((of_class[here], np.full(len(here), attribute), value)))
    return np.unique(np.concatenate(tables).astype(np.int64), axis=0)


@dataclass(frozen=True)
class Rows:
    """Sparse rows `lower <= matrix @ columns <= upper` under the name of a rule.

    `row`, `column` and `coefficient` are the entries of the matrix; `about` says what each row
    is about, in the terms of `kind` (a class, a slot, a runtime, ...), for prices and conflicts.
    """

    rule: str
    kind: str
    about: Ints
    row: Ints
    column: Ints
    coefficient: Ints
    lower: Ints
    upper: Ints

    def __len__(self) -> int:
        return len(self.lower)


NO_LIMIT = np.int64(1) << 50


def at_most(
    rule: str, kind: str, about: Ints, row: Ints, column: Ints, coefficient: Ints | int, upper: Ints
) -> Rows:
    """Return rows that are bounded above only."""
    coefficients = np.broadcast_to(np.asarray(coefficient, dtype=np.int64), row.shape)
    lower = np.full(len(upper), -NO_LIMIT)
    return Rows(rule, kind, about, row, column, np.array(coefficients), lower, upper)

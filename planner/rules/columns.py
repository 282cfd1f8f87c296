# SPDX-License-Identifier: LGPL-2.1-or-later
"""The decision columns of the linear model."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.problem import PERMISSIVE, STRICT, Classes, Problem
from planner.problem.problem import Ints, stretches
from planner.rules.coverage import Coverage
from planner.rules.homes import Homes
from planner.rules.values import Values


@dataclass(frozen=True)
class Columns:
    """What is decided, for each class c of requests; all columns are ints from 0 up.

    `placed`: runs of class c on one of its candidates (one column each; `candidate` is the
    candidate of the class's representative, `of_class` the class).
    `complete`: how many requests of a strict class get all their runs (`strict` lists them).
    `repeat`: runs of a permissive class beyond the different values it could have had; one for
    each value in `repeats`.
    `covered`: 1 where something stale runs again; one for each pair in `coverage`.
    `step`: runs in a waiting step of a slot, as `problem.step_*` lists them.
    `keep`: runs that stay where the last plan had them; one for each column in `homes`.
    """

    problem: Problem
    classes: Classes
    candidate: Ints
    of_class: Ints
    strict: Ints
    repeats: Values
    coverage: Coverage
    homes: Homes

    @classmethod
    def over(cls, problem: Problem, classes: Classes) -> "Columns":
        """Return the columns that `classes` need."""
        representative = classes.representative
        menu = problem.request_menu[representative]
        counts = problem.menu_start[menu + 1] - problem.menu_start[menu]
        of_class = np.repeat(np.arange(len(classes)), counts)
        candidate = stretches(problem.menu_start[menu], counts)
        mode = problem.request_mode[representative]
        repeats = Values.among(problem, classes, of_class, candidate, PERMISSIVE)
        strict = np.flatnonzero(mode == STRICT)
        subject = problem.subject[representative][of_class]
        coverage = Coverage.among(problem, subject, candidate)
        homes = Homes.among(problem, classes, np.cumsum(counts) - counts)
        return cls(problem, classes, candidate, of_class, strict, repeats, coverage, homes)

    @cached_property
    def number(self) -> Ints:
        """Return the runs that each request of a class has still to place."""
        return self.problem.request_number[self.classes.representative]

    @cached_property
    def slot(self) -> Ints:
        """Return the slot of each `placed` column."""
        return self.problem.candidate_slot[self.candidate]

    @cached_property
    def by_slot(self) -> Ints:
        """Return the `placed` columns sorted by slot."""
        return np.argsort(self.slot, kind="stable")

    def of_request(self, column: Ints) -> Ints:
        """Return a request column of the problem for each `placed` column."""
        return column[self.classes.representative][self.of_class]

    def least(self, column: Ints) -> Ints:
        """Return the least of a candidate column in the class of each `placed` column.

        Where the requests of a class are alike this is what it is for each of them.
        """
        least = column[self.candidate]
        if not self.classes.alike:
            at, candidate = self._alternatives
            np.minimum.at(least, at, column[candidate])
        return least

    @cached_property
    def _alternatives(self) -> tuple[Ints, Ints]:
        """Return each `placed` column with each candidate that it stands for, as two arrays.

        Requests of a class may have menus of their own that are alike in where they lead.
        """
        problem, classes = self.problem, self.classes
        menus = len(problem.menu_start)
        of_class, menu = np.divmod(np.unique(classes.of * menus + problem.request_menu), menus)
        counts = np.bincount(self.of_class, minlength=len(classes))
        first = (np.cumsum(counts) - counts)[of_class]
        each = counts[of_class]
        return stretches(first, each), stretches(problem.menu_start[menu], each)

    @cached_property
    def complete_at(self) -> int:
        """Return the position of the first `complete` column."""
        return len(self.candidate)

    @cached_property
    def repeat_at(self) -> int:
        """Return the position of the first `repeat` column."""
        return self.complete_at + len(self.strict)

    @cached_property
    def covered_at(self) -> int:
        """Return the position of the first `covered` column."""
        return self.repeat_at + len(self.repeats)

    @cached_property
    def step_at(self) -> int:
        """Return the position of the first `step` column."""
        return self.covered_at + len(self.coverage)

    @cached_property
    def keep_at(self) -> int:
        """Return the position of the first `keep` column."""
        return self.step_at + len(self.problem.step_slot)

    @cached_property
    def size(self) -> int:
        """Return how many columns there are in all."""
        return self.keep_at + len(self.homes)

    @cached_property
    def upper(self) -> Ints:
        """Return the largest value that each column can take in any plan."""
        all_runs = self.classes.size * self.number
        strict = self.problem.request_mode[self.classes.representative] == STRICT
        # Runs of a strict request share no value, so no candidate takes more than one of each.
        most = np.where(strict, self.classes.size, all_runs)
        on_slot = np.bincount(
            self.slot, weights=most[self.of_class], minlength=self.problem.slots
        ).astype(np.int64)
        return np.concatenate(
            (
                most[self.of_class],
                self.classes.size[self.strict],
                all_runs[self.repeats.of_class],
                np.ones(len(self.coverage), dtype=np.int64),
                np.minimum(self.problem.step_width, on_slot[self.problem.step_slot]),
                self.homes.runs,
            )
        )

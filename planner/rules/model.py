# SPDX-License-Identifier: LGPL-2.1-or-later
"""The linear model that the rules' rows add up to: one for every solver."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models import Tier
from planner.problem import Classes, Problem, merge
from planner.problem.problem import Ints
from planner.rules.columns import Columns
from planner.rules.protocol import Goal, Rule
from planner.rules.rows import Rows


@dataclass(frozen=True)
class Reached:
    """A tier that was solved: what it costs, and the value that later tiers must keep."""

    costs: Ints
    maximise: bool
    value: int

    @property
    def limits(self) -> tuple[int | None, int | None]:
        """Return the least and the most that the tier may be from here on."""
        return (self.value, None) if self.maximise else (None, self.value)

    @cached_property
    def unit(self) -> int:
        """Return what the costs share: of whole columns, the tier is a multiple of it."""
        return max(1, int(np.gcd.reduce(self.costs, initial=0)))

    @cached_property
    def largest(self) -> float:
        """Return the largest of the costs, whatever its sign."""
        return float(np.abs(self.costs).max(initial=0))


@dataclass(frozen=True)
class LinearModel:
    """Rows over columns; every column is an int from 0 to its upper bound."""

    columns: Columns
    blocks: tuple[Rows, ...]

    @classmethod
    def of(
        cls, problem: Problem, rules: tuple[Rule, ...], goals: dict[Tier, Goal]
    ) -> "LinearModel":
        """Return the model of `problem` under `rules`, with the columns that `goals` need."""
        return cls.over(Columns.over(problem, merge(problem)), rules, goals)

    @classmethod
    def over(
        cls, columns: Columns, rules: tuple[Rule, ...], goals: dict[Tier, Goal]
    ) -> "LinearModel":
        """Return the model over given columns."""
        parts = [rule.rows(columns) for rule in rules]
        parts += [goals[tier].rows(columns) for tier in columns.problem.tiers]
        return cls(columns, tuple(rows for part in parts for rows in part if len(rows)))

    @property
    def classes(self) -> Classes:
        """Return the classes of requests that the columns are about."""
        return self.columns.classes

    @cached_property
    def weighing(self) -> npt.NDArray[np.bool_]:
        """Tell for each column whether a row weighs it by what it takes: that is a knapsack."""
        weighing = np.zeros(self.columns.size, dtype=np.bool_)
        for block in self.blocks:
            if block.kind == "resource":
                weighing[block.column] = True
        return weighing

    @cached_property
    def weighed(self) -> bool:
        """Tell whether there are rows that weigh runs by what they take."""
        return any(block.kind == "resource" for block in self.blocks)

    @cached_property
    def start(self) -> Ints:
        """Return the position of the first row of each block, and the number of rows."""
        return np.concatenate(([0], np.cumsum([len(block) for block in self.blocks]))).astype(
            np.int64
        )

    @cached_property
    def entries(self) -> tuple[Ints, Ints, Ints]:
        """Return row, column and coefficient of every entry, block by block."""
        empty = [np.zeros(0, dtype=np.int64)]
        rows = [b.row + s for b, s in zip(self.blocks, self.start, strict=False)]
        return (
            np.concatenate(rows or empty),
            np.concatenate([b.column for b in self.blocks] or empty),
            np.concatenate([b.coefficient for b in self.blocks] or empty),
        )

    @cached_property
    def most_rows(self) -> int:
        """Return in how many rows a column is at most."""
        return int(np.bincount(self.entries[1]).max(initial=0))

    @cached_property
    def lower(self) -> Ints:
        """Return the least that each row may be."""
        return np.concatenate([b.lower for b in self.blocks] or [np.zeros(0, dtype=np.int64)])

    @cached_property
    def upper(self) -> Ints:
        """Return the most that each row may be."""
        return np.concatenate([b.upper for b in self.blocks] or [np.zeros(0, dtype=np.int64)])

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The two faces of a rule: rows for the solvers, and a check that knows nothing of the rows."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from planner.problem.narrow import narrow
from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.rows import Rows


@dataclass(frozen=True)
class Violation:
    """One way in which a plan breaks a rule; `text` names the run, slot or request."""

    rule: str
    text: str


class Rule(Protocol):
    """What no plan may break; its page is `docs/rules/<name>.md`."""

    name: str

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return the rows that keep the rule."""

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return how `choice` breaks the rule.

        `choice` is the candidate of each run, in run order; -1 where a run is not placed.
        """


class Goal(Protocol):
    """What a plan should have much (or little) of; its page is `docs/rules/<name>.md`."""

    name: str
    maximise: bool

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return the rows that give the goal's own columns their meaning."""

    def costs(self, columns: Columns) -> Ints:
        """Return what one unit of each column adds to the goal."""

    def measure(self, problem: Problem, choice: Ints) -> int:
        """Return how much of the goal `choice` has."""


def repeated(keys: Ints) -> Ints:
    """Return the keys that have an equal one before them, sorted."""
    ordered = np.sort(narrow(keys))
    again: Ints = ordered[1:][ordered[1:] == ordered[:-1]].astype(np.int64)
    return again

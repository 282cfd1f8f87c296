# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sparse rows over the decision columns, under the name of the rule that wants them."""

from dataclasses import dataclass

import numpy as np

from planner.problem.problem import Ints

NO_LIMIT = np.int64(1) << 50


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


def at_most(
    rule: str, kind: str, about: Ints, row: Ints, column: Ints, coefficient: Ints | int, upper: Ints
) -> Rows:
    """Return rows that are bounded above only."""
    coefficients = np.broadcast_to(np.asarray(coefficient, dtype=np.int64), row.shape)
    lower = np.full(len(upper), -NO_LIMIT)
    return Rows(rule, kind, about, row, column, np.array(coefficients), lower, upper)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runs of a strict request are all placed, each on another value, or none of them is."""

import numpy as np
import numpy.typing as npt

from planner.problem import ATTRIBUTES, STRICT
from planner.problem.problem import Ints, Problem
from planner.rules.columns import Columns
from planner.rules.placed import Placed, placed
from planner.rules.protocol import Violation, repeated
from planner.rules.rows import Rows, at_most
from planner.rules.values import Values


class VariantStrict:
    """All or none, and pairwise different in each variant attribute; earlier runs count."""

    name = "variant_strict"

    def rows(self, columns: Columns) -> tuple[Rows, ...]:
        """Return the rows: all or none for each class, then one for each of its values."""
        strict, complete = columns.strict, columns.complete_at
        row_of = np.full(len(columns.classes), -1, dtype=np.int64)
        row_of[strict] = np.arange(len(strict))
        here = np.flatnonzero(row_of[columns.of_class] >= 0)
        of_complete = complete + np.arange(len(strict))
        zeros = np.zeros(len(strict), dtype=np.int64)
        all_or_none = Rows(
            self.name,
            "class",
            strict,
            np.concatenate((row_of[columns.of_class[here]], np.arange(len(strict)))),
            np.concatenate((here, of_complete)),
            np.concatenate((np.ones(len(here), dtype=np.int64), -columns.number[strict])),
            zeros,
            zeros,
        )
        values = Values.among(
            columns.problem, columns.classes, columns.of_class, columns.candidate, STRICT
        )
        # A value that an earlier run took is closed: its row has no complete requests to allow it.
        unused = np.flatnonzero(values.used == 0)
        different = at_most(
            self.name,
            "class",
            values.of_class,
            np.concatenate((values.member_group, unused)),
            np.concatenate((values.member_column, complete + row_of[values.of_class[unused]])),
            np.concatenate(
                (
                    np.ones(len(values.member_group), dtype=np.int64),
                    -np.ones(len(unused), dtype=np.int64),
                )
            ),
            np.zeros(len(values.used), dtype=np.int64),
        )
        return (all_or_none, different)

    def check(self, problem: Problem, choice: Ints) -> list[Violation]:
        """Return the strict requests that are placed in part, or twice on one value."""
        here = placed(problem, choice)
        strict, count = problem.request_mode == STRICT, here.of_request
        asked = np.where(strict, problem.request_variant, 0)
        anywhere = int(np.bitwise_or.reduce(asked))
        partial = np.flatnonzero(strict & (count > 0) & (count < problem.request_number))
        found = [
            Violation(
                self.name,
                f"{count[r]} of {problem.request_number[r]} runs of"
                f" {problem.labels['request'][r]} are placed, which wants all or none",
            )
            for r in partial.tolist()
        ]
        for attribute, name in enumerate(ATTRIBUTES):
            if not anywhere & 1 << attribute:
                continue
            for r, value in _repeated(problem, here, attribute, asked & 1 << attribute > 0):
                found.append(
                    Violation(
                        self.name,
                        f"{problem.labels['request'][r]} has two runs on {name}"
                        f" {problem.labels[name][value]}",
                    )
                )
        return found


def _repeated(
    problem: Problem, here: Placed, attribute: int, asked: npt.NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Return the (request, value) of those `asked` that more than one run took, sent or placed."""
    earlier = (problem.used_attribute == attribute) & asked[problem.used_request]
    now = np.flatnonzero(asked[here.request])
    requests = np.concatenate((here.request[now], problem.used_request[earlier]))
    values = np.concatenate(
        (
            problem.candidate_attribute[attribute][here.candidate[now]],
            problem.used_value[earlier],
        )
    )
    width = 1 + int(values.max(initial=0))
    return [divmod(pair, width) for pair in np.unique(repeated(requests * width + values)).tolist()]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The values that runs of one class could take in the attributes in which they must differ."""

from dataclasses import dataclass

import numpy as np

from planner.problem import ATTRIBUTES, Classes, Problem
from planner.problem.problem import Ints


@dataclass(frozen=True)
class Values:
    """Groups of `placed` columns of one class that share one value of one variant attribute.

    `of_class`, `attribute`, `value` and `used` (1 where a run sent earlier took that value) are
    one a group, sorted by class, attribute and value; `member_group` and `member_column` pair
    each group with its columns.
    """

    of_class: Ints
    attribute: Ints
    value: Ints
    used: Ints
    member_group: Ints
    member_column: Ints

    def __len__(self) -> int:
        return len(self.value)

    @classmethod
    def among(
        cls, problem: Problem, classes: Classes, of_class: Ints, candidate: Ints, mode: int
    ) -> "Values":
        """Return the groups of the classes of one mode, over columns of (class, candidate)."""
        width = 1 + max(
            int(problem.candidate_attribute.max(initial=0)), int(problem.used_value.max(initial=0))
        )

        def key(of: Ints, attribute: Ints | int, value: Ints) -> Ints:
            return np.asarray((of * len(ATTRIBUTES) + attribute) * width + value)

        representative = classes.representative
        bits = np.where(
            problem.request_mode[representative] == mode, problem.request_variant[representative], 0
        )[of_class]
        keys, columns = [], []
        for attribute in range(len(ATTRIBUTES)):
            here = np.flatnonzero((bits >> attribute) & 1)
            value = problem.candidate_attribute[attribute][candidate[here]]
            keys.append(key(of_class[here], attribute, value))
            columns.append(here)
        groups, member_group = np.unique(np.concatenate(keys), return_inverse=True)
        earlier = key(classes.of[problem.used_request], problem.used_attribute, problem.used_value)
        return cls(
            groups // width // len(ATTRIBUTES),
            groups // width % len(ATTRIBUTES),
            groups % width,
            np.isin(groups, earlier).astype(np.int64),
            member_group.reshape(-1),
            np.concatenate(columns),
        )

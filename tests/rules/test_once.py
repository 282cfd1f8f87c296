# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is worked out once for all who ask."""

import numpy as np

from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import once
from tests.rules.facts import Wish, facts


def test_a_choice_that_nobody_can_change_is_looked_at_once() -> None:
    """The same read-only choice of the same problem is no new question; all else is."""
    asked: list[Ints] = []
    problem, other = facts(Wish(("lab/rk3399",))), facts(Wish(("lab/rk3399",)))

    @once
    def work(_: Problem, choice: Ints) -> int:
        asked.append(choice)
        return int(choice.sum())

    fixed, free = np.array([1, 2]), np.array([1, 2])
    fixed.setflags(write=False)
    assert [work(problem, fixed), work(problem, fixed)] == [3, 3]
    assert len(asked) == 1
    assert work(other, fixed) == 3
    assert work(problem, free) == 3
    free[0] = 5
    assert work(problem, free) == 7
    assert len(asked) == 4

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a search splits, by what splits brought before."""

import numpy as np

from planner.problem import STRICT
from planner.rules import GOALS, RULES
from planner.rules.model import LinearModel
from planner.solvers.splitting import TRIES, Splitting
from tests.rules.facts import Wish, facts

BOARDS = ("lab/one", "lab/two")


def broken() -> tuple[Splitting, list[int], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return a splitting, its numbers of complete requests, and a point where all are broken."""
    wishes = [
        Wish(BOARDS, number=2, mode=STRICT, variant=("device_type",), value=value)
        for value in (20, 21, 22)
    ]
    columns = LinearModel.of(facts(*wishes), RULES, GOALS).columns
    complete = list(range(columns.complete_at, columns.repeat_at))
    point = np.zeros(columns.size)
    point[complete] = 0.5
    return Splitting(columns), complete, point


def test_of_columns_that_were_tried_the_one_with_the_better_worse_side_is_split() -> None:
    """A side beyond what closes a part counts as that, and the other side decides."""
    splitting, complete, point = broken()
    assert len(complete) == 3
    for column, below, above in zip(complete, (9.0, 3.0, 3.0), (0.0, 100.0, 4.0), strict=True):
        splitting.learn(((column,), None, 0), below)
        splitting.learn(((column,), 1, None), above)
    assert splitting.choose(point, (), 50.0) == (complete[1],)
    # Both sides of the last one close the part, too: with no more to gain, they are equal.
    assert splitting.choose(point, (), 3.0) == (complete[1],)
    assert splitting.choose(point, ()) == (complete[1],)


def test_each_side_is_tried_a_few_times() -> None:
    """Both sides of each broken column, until it is known what they bring."""
    splitting, complete, point = broken()
    sides = list(splitting.untried(point))
    assert sides == [side for c in complete for side in (((c,), None, 0), ((c,), 1, None))]
    for _ in range(TRIES):
        for side in sides[1:]:
            splitting.learn(side, 1.0)
    assert list(splitting.untried(point)) == sides[:1]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The simple ways to place runs, which others are compared with."""

import numpy as np
import pytest

from planner.plan import check
from planner.solvers import solve
from planner.solvers.simple import SIMPLE, place
from tests.instances import instance
from tests.rules.facts import Wish, facts

HERE, THERE = "lab-a/juno", "lab-b/juno"


@pytest.mark.parametrize("name", list(SIMPLE))
@pytest.mark.parametrize("seed", range(5))
def test_every_rule_is_kept(name: str, seed: int) -> None:
    """Simple is not broken: the independent check has nothing to say, and the seed decides."""
    problem = instance(seed)
    plan = solve(problem, solver=name, seed=seed)
    assert check(problem, plan) == []
    assert np.array_equal(plan.choice, solve(problem, solver=name, seed=seed).choice)


@pytest.mark.parametrize("name", list(SIMPLE))
def test_what_has_room_is_used(name: str) -> None:
    """With one place left of two, nobody waits for the other one."""
    problem = facts(*[Wish((HERE, THERE))] * 3, ceilings={HERE: {100: 0}})
    assert (place(problem, SIMPLE[name](1)) >= 0).all()


def test_random_draws_from_all() -> None:
    """Of many runs both labs get some."""
    problem = facts(*[Wish((HERE, THERE))] * 40)
    assert len(set(place(problem, SIMPLE["random"](1)).tolist())) > 1

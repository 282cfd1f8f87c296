# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rounding what corners leave broken where runs share CPU and memory."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.instance import Size, make
from models import Policy
from planner.plan import check
from planner.problem import Problem
from planner.rules import GOALS, RULES
from planner.rules.model import LinearModel
from planner.solvers import solve
from planner.solvers.corner import Corner, Relaxation
from planner.solvers.solve import NEAR_WEIGHED
from planner.solvers.splitting import WHOLE
from tests.instances import every_choice, instance, score

CLUSTERS = Size(400, 40, load=1.2, kubernetes=True)


def relaxed(problem: Problem, *, rounding: bool = False) -> tuple[LinearModel, Relaxation, Corner]:
    """Return the model of `problem`, its relaxation, and the best corner of it."""
    model = LinearModel.of(problem, RULES, GOALS)
    signs = [-1 if GOALS[tier].maximise else 1 for tier in problem.tiers]
    costs = [
        GOALS[tier].costs(model.columns).astype(np.float64) * sign
        for tier, sign in zip(problem.tiers, signs, strict=True)
    ]
    relaxation = Relaxation(model, costs, rounding=rounding)
    corner = relaxation.corner((), relaxation.start(), lambda *_: False)
    assert corner is not None
    return model, relaxation, corner


@pytest.mark.parametrize("seed", range(5))
def test_what_decides_is_whole_near_the_corner_and_within_the_rows(seed: int) -> None:
    """Each deciding column goes to the whole number below or above, and no row is broken by it."""
    model, relaxation, corner = relaxed(make(CLUSTERS, seed))
    assert relaxation.kernel is not None
    limits, deciding = relaxation.program.limits(), relaxation.kernel.deciding
    found = relaxation.kernel.round(relaxation.costs[0], limits, corner.point)
    assert found is not None
    assert np.abs(found - np.rint(found))[deciding].max() <= WHOLE
    assert np.abs(found - corner.point)[deciding].max() < 1 + WHOLE
    reached = relaxation.matrix @ found
    assert (reached <= model.upper + WHOLE).all()
    assert (reached >= model.lower - WHOLE).all()


@pytest.mark.parametrize("seed", range(5))
def test_what_the_first_tier_promises_in_whole_numbers_is_there(seed: int) -> None:
    """With all that decides kept there, a corner has the best value that a plan can have."""
    problem = make(Size(1000, 40, load=1.2), seed)
    model, relaxation, corner = relaxed(problem, rounding=True)
    box = relaxation.promised()
    assert box is not None
    columns = model.columns
    assert [side[0] for side in box] == [
        (c,) for c in range(columns.complete_at, columns.repeat_at)
    ]
    found = relaxation.corner(box, corner.basis, lambda *_: False)
    assert found is not None
    assert -found.reached[0] == solve(problem, solver="exact").tiers[0].value


def test_a_corner_from_before_a_sum_was_split_is_rounded() -> None:
    """The row of a sum that came later has no price in it, and changes nothing."""
    _, relaxation, corner = relaxed(make(Size(200, 40, load=0.3), 1), rounding=True)
    before = relaxation.rounded((), corner)
    relaxation.sum_row((0, 1))
    assert before is not None
    assert relaxation.rounded((), corner) == before


@pytest.mark.parametrize("seed", range(5))
def test_the_rounded_plan_is_near_the_best_and_the_same_each_time(seed: int) -> None:
    """Where more is wanted than clusters have, the plan keeps every rule and is proven near."""
    problem = make(CLUSTERS, seed)
    plan = solve(replace(problem, policy=Policy(work_limit=1)), solver="scaled")
    again = solve(replace(problem, policy=Policy(work_limit=1)), solver="scaled")
    assert plan.gap <= 0.01  # small clusters are coarse: one run more or less shows
    assert plan.id == again.id
    assert check(replace(problem, policy=Policy(work_limit=1)), plan) == []


@pytest.mark.parametrize("seed", range(40))
def test_scaled_is_near_brute_force_where_contexts_share_cpu_and_memory(seed: int) -> None:
    """No choice of all has more value than the bound, or more than a thousandth above the plan."""
    problem = instance(seed, requests=3, slots=3, most_runs=2)
    if not LinearModel.of(problem, RULES, GOALS).weighed:
        pytest.skip("no context of this problem has limits")
    best = -min(score(problem, choice) for choice in every_choice(problem))[0]
    plan = solve(problem, solver="scaled")
    assert plan.tiers[0].value <= best <= plan.tiers[0].bound
    assert best - plan.tiers[0].value <= NEAR_WEIGHED * plan.tiers[0].bound

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans told by hand, and problems whose places have names of their own."""

import dataclasses
from datetime import UTC, datetime

import numpy as np

from models import PlanDocument, Status, TierResult
from planner.plan import Plan, document
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import GOALS
from planner.solvers import solve
from tests.instances import medium
from tests.rules.facts import choose

CREATED = datetime(2026, 8, 1, 12, tzinfo=UTC)


def chosen(problem: Problem, choice: Ints, solver: str = "exact") -> Plan:
    """Return the plan that sends each run where `choice` says, whoever thought of it."""
    values = [(tier, GOALS[tier].measure(problem, choice)) for tier in problem.tiers]
    return Plan(
        problem=problem.digest,
        solver=solver,
        seed=0,
        status=Status.FEASIBLE,
        choice=choice,
        tiers=tuple(TierResult(name=tier.value, value=v, bound=v) for tier, v in values),
        gap=0.0,
    )


def planned(problem: Problem, *places: str | None, solver: str = "exact") -> Plan:
    """Return the plan that sends the runs, in run order, to `places` ("lab/board" or None)."""
    return chosen(problem, choose(problem, *places), solver)


def written(problem: Problem, *places: str | None, solver: str = "exact") -> PlanDocument:
    """Return the same plan as it is written down."""
    return document(problem, planned(problem, *places, solver=solver), created=CREATED)


def solved(problem: Problem, solver: str = "exact", seed: int = 0) -> PlanDocument:
    """Return the plan of a solver as it is written down."""
    return document(problem, solve(problem, solver=solver, seed=seed), created=CREATED)


def _told_apart(problem: Problem) -> Problem:
    """Return the problem with a device type of its own for each slot."""
    attribute = problem.candidate_attribute.copy()
    attribute[0] = problem.candidate_slot
    return dataclasses.replace(
        problem, slot_device_type=np.arange(problem.slots), candidate_attribute=attribute
    )


# As `instances.medium`, where two slots may have one name, which no real problem has.
problems = medium.map(_told_apart)

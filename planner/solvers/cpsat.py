# SPDX-License-Identifier: LGPL-2.1-or-later
"""CP-SAT over the rules' rows, one tier after the other: a second opinion on the optimum."""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from planner.problem.problem import Ints
from planner.rules import GOALS, NO_LIMIT
from planner.rules.model import LinearModel
from planner.solvers.errors import SolverError


@dataclass(frozen=True)
class Searched:
    """What CP-SAT found: the value of each column, and for each tier whether it is proven best.

    `wall` is True where the wall-clock guard fired: then another run may find something else.
    """

    solution: Ints
    proven: tuple[bool, ...]
    wall: bool


def solve_cpsat(model: LinearModel, seed: int) -> Searched:
    """Return the lexicographically best solution of `model`, tier by tier.

    Raises:
        SolverError: if CP-SAT ends without a solution.
    """
    problem = model.columns.problem
    sat = cp_model.CpModel()
    variables = [sat.new_int_var(0, int(most), "") for most in model.columns.upper.tolist()]
    _add_rows(sat, variables, model)
    solution: Ints | None = None
    proven, wall = [], False
    for tier in problem.tiers:
        goal = GOALS[tier]
        costs = goal.costs(model.columns)
        here = np.flatnonzero(costs)
        objective = cp_model.LinearExpr.weighted_sum(
            [variables[i] for i in here.tolist()], costs[here].tolist()
        )
        if goal.maximise:
            sat.maximize(objective)
        else:
            sat.minimize(objective)
        if solution is not None:
            sat.clear_hints()
            for variable, value in zip(variables, solution.tolist(), strict=True):
                sat.add_hint(variable, value)
        solver = _solver(problem.policy.work_limit, problem.policy.wall_guard, seed)
        status = solver.solve(sat)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise SolverError(f"{tier}: CP-SAT says {solver.status_name(status)}")
        proven.append(status == cp_model.OPTIMAL)
        wall |= solver.wall_time >= problem.policy.wall_guard
        solution = np.array(solver.values(variables), dtype=np.int64)
        value = int(costs @ solution)
        if goal.maximise:
            sat.add(objective >= value)
        else:
            sat.add(objective <= value)
    assert solution is not None
    return Searched(solution, tuple(proven), wall)


def _solver(work_limit: int, wall_guard: int, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    # One worker with the full linear relaxation proved every merged instance where two workers
    # or the default relaxation proved none; and one worker makes a deterministic limit repeat.
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work_limit
    solver.parameters.max_time_in_seconds = wall_guard
    return solver


def _add_rows(sat: cp_model.CpModel, variables: list[cp_model.IntVar], model: LinearModel) -> None:
    rows, columns, coefficients = model.entries
    order = np.argsort(rows, kind="stable")
    columns, coefficients = columns[order].tolist(), coefficients[order].tolist()
    bounds = np.searchsorted(rows[order], np.arange(len(model.lower) + 1)).tolist()
    for row, (low, high) in enumerate(zip(model.lower.tolist(), model.upper.tolist(), strict=True)):
        first, last = bounds[row], bounds[row + 1]
        if first == last:
            continue
        expression = cp_model.LinearExpr.weighted_sum(
            [variables[i] for i in columns[first:last]], coefficients[first:last]
        )
        domain = (max(low, -int(NO_LIMIT)), min(high, int(NO_LIMIT)))
        sat.add_linear_constraint(expression, *domain)

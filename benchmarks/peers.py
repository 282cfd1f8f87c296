# SPDX-License-Identifier: LGPL-2.1-or-later
"""The engine beside other ways to solve the same problem, in one run on one machine.

Solvers that do not know classes get every request by itself, as a first model would have it.
Every plan is checked by the same rules; one that breaks any is reported as such.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.instance import Size, make
from benchmarks.network import flow, is_network
from models import Tier
from planner.problem import Classes, Problem
from planner.problem.problem import Ints
from planner.rules import GOALS, NO_LIMIT, RULES, Columns
from planner.rules.model import LinearModel
from planner.solvers import AUTO, solve
from planner.solvers.cpsat import solve_cpsat
from planner.solvers.errors import SolverError
from planner.solvers.greedy import solve_greedy
from planner.solvers.simple import SIMPLE, place
from planner.solvers.spread import spread
from planner.solvers.today import solve_today

ENGINE = "engine"
Clock = Callable[[], float]


def compare(size: Size, seed: int, limit_s: int, clock: Clock) -> list[dict[str, Any]]:
    """Return, for the engine and each of its peers, the time and what its plan is worth.

    A solver is given `limit_s` seconds; NetworkX, which knows no limit, only small networks.
    `of_time` and `of_value` are ratios to the engine's.
    """
    problem = make(size, seed)
    # Solvers are loaded when they are first used; that is nobody's time.
    solve(make(Size(50, 4), seed), solver=AUTO)
    peers: dict[str, Callable[[], tuple[Ints, str]]] = {
        ENGINE: lambda: _engine(problem, clock),
        "CP-SAT, request by request": lambda: _cpsat(problem, seed, limit_s),
        "HiGHS MIP, request by request": lambda: _milp(problem, limit_s),
        **({"NetworkX": lambda: _network(problem)} if is_network(problem) else {}),
        **{name: partial(_simple, problem, name, seed) for name in SIMPLE},
        "greedy": lambda: (solve_greedy(problem), ""),
        "today": lambda: (solve_today(problem, seed), ""),
    }
    rows = [_row(name, problem, run, clock) for name, run in peers.items()]
    engine = rows[0]
    for row in rows:
        row["of_time"] = round(row["seconds"] / engine["seconds"], 2)
        if row["value"] is not None:
            row["of_value"] = round(row["value"] / max(1, engine["value"]), 4)
    return rows


def _row(
    name: str, problem: Problem, run: Callable[[], tuple[Ints, str]], clock: Clock
) -> dict[str, Any]:
    began = clock()
    try:
        choice, status = run()
    except SolverError as error:
        seconds = round(clock() - began, 4)
        return {"name": name, "seconds": seconds, "status": str(error), "value": None}
    seconds = clock() - began
    placed = int((choice >= 0).sum())
    completion = GOALS[Tier.COMPLETION].measure(problem, choice)
    broken = [violation for rule in RULES for violation in rule.check(problem, choice)]
    return {
        "name": name,
        "seconds": round(seconds, 4),
        "status": f"breaks {broken[0].rule}" if broken else status,
        "value": GOALS[Tier.VALUE].measure(problem, choice),
        "placed": placed,
        "repeats": GOALS[Tier.DIVERSITY].measure(problem, choice),
        "completion_s": completion // max(1, placed),
    }


def _engine(problem: Problem, clock: Clock) -> tuple[Ints, str]:
    plan = solve(problem, solver=AUTO, clock=clock)
    return plan.choice, plan.status.value


def _simple(problem: Problem, name: str, seed: int) -> tuple[Ints, str]:
    return place(problem, SIMPLE[name](seed)), ""


def _apart(problem: Problem) -> LinearModel:
    """Return the model with each request by itself."""
    alone = np.arange(problem.requests)
    columns = Columns.over(problem, Classes(alone, alone, np.ones_like(alone)))
    return LinearModel.over(columns, RULES, GOALS)


def _network(problem: Problem) -> tuple[Ints, str]:
    return flow(problem), "first tier proven"


def _cpsat(problem: Problem, seed: int, limit_s: int) -> tuple[Ints, str]:
    # All tiers share the limit, and the wall clock counts here, since time is what is compared.
    tiers = len(problem.tiers)
    policy = problem.policy.model_copy(update={"wall_guard": max(1, limit_s // tiers)})
    model = _apart(replace(problem, policy=policy))
    found = solve_cpsat(model, seed)
    proven = sum(found.proven)
    return spread(model.columns, found.solution), f"{proven} of {tiers} tiers proven"


def _milp(problem: Problem, limit_s: int) -> tuple[Ints, str]:
    """Return the best plan in the first tier only: later ones would each take as long again."""
    model = _apart(problem)
    row, column, coefficient = model.entries
    shape = (len(model.lower), model.columns.size)
    goal = GOALS[problem.tiers[0]]
    found = milp(
        goal.costs(model.columns) * (-1.0 if goal.maximise else 1.0),
        integrality=np.ones(model.columns.size),
        bounds=Bounds(0, model.columns.upper.astype(float)),
        constraints=LinearConstraint(
            scipy.sparse.csr_matrix((coefficient.astype(float), (row, column)), shape=shape),
            np.where(model.lower <= -NO_LIMIT, -np.inf, model.lower),
            np.where(model.upper >= NO_LIMIT, np.inf, model.upper),
        ),
        options={"time_limit": limit_s},
    )
    if found.x is None:
        raise SolverError(f"no plan within {limit_s} s")
    solution = np.rint(found.x).astype(np.int64)
    return spread(model.columns, solution), "first tier proven" if found.status == 0 else "stopped"

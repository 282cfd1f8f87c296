# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which solver serves, what follows one that fails, and what limits do."""

import dataclasses
from importlib import import_module

import numpy as np
import pytest
from ortools.sat.python import cp_model

from models import PlannerError, Policy, Status
from planner.plan import check
from planner.plan.proof import Split
from planner.problem.problem import Ints
from planner.solvers import AUTO, SOLVERS, solve
from planner.solvers.choose import choose
from planner.solvers.errors import SolverError
from planner.solvers.program import Program
from tests.instances import instance

PROBLEM = instance(11, requests=20, slots=6)


def fails(*_: object, **__: object) -> None:
    """Stand in for a solver that ends with a status that nobody asked for."""
    raise SolverError("GLOP says TERMINATION_REASON_NUMERICAL_ERROR")


def test_a_relaxation_that_fails_is_followed_by_cpsat(monkeypatch: pytest.MonkeyPatch) -> None:
    """The linear solver gives up: another one serves, the plan holds, is degraded and says why."""
    monkeypatch.setattr(Program, "minimise", fails)
    plan = solve(PROBLEM, solver="exact")
    assert (plan.solver, plan.status) == ("cpsat", Status.DEGRADED)
    assert "NUMERICAL_ERROR" in " ".join(plan.notes)
    assert check(PROBLEM, plan) == []


def test_when_all_else_fails_greedy_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two solvers give up: the one that cannot fail serves, and both are named."""
    monkeypatch.setattr(Program, "minimise", fails)
    monkeypatch.setattr(cp_model.CpSolver, "solve", lambda *_: cp_model.UNKNOWN)
    plan = solve(PROBLEM, solver="exact")
    assert (plan.solver, plan.status) == ("greedy", Status.DEGRADED)
    assert "exact failed" in " ".join(plan.notes)
    assert "CP-SAT says UNKNOWN" in " ".join(plan.notes)
    assert check(PROBLEM, plan) == []


def test_a_plan_that_breaks_a_rule_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solvers that say optimal and are wrong do not get their plans through."""

    def anywhere(*_: object) -> Ints:
        return np.array([PROBLEM.candidates(int(r))[0] for r in PROBLEM.run_request])

    monkeypatch.setattr(import_module("planner.solvers.solve"), "spread", anywhere)
    plan = solve(PROBLEM, solver="exact")
    assert (plan.solver, plan.status) == ("greedy", Status.DEGRADED)
    assert "breaks" in " ".join(plan.notes)
    assert check(PROBLEM, plan) == []


def test_greedy_needs_no_bound_to_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for was done; only the bound is what nobody can prove."""
    monkeypatch.setattr(Program, "minimise", fails)
    plan = solve(PROBLEM, solver="greedy")
    assert (plan.solver, plan.status) == ("greedy", Status.FEASIBLE)
    assert check(PROBLEM, plan) == []


def test_an_unknown_solver_is_an_error_that_names_those_there_are() -> None:
    """A typing mistake in a policy or an option is said at once."""
    with pytest.raises(PlannerError, match="exact, scaled, cpsat, greedy, today, random, "):
        solve(PROBLEM, solver="exakt")


def test_the_policy_names_the_solver_unless_the_caller_does() -> None:
    """An option goes before the policy."""
    problem = dataclasses.replace(PROBLEM, policy=Policy(solver="greedy"))
    assert solve(problem).solver == "greedy"
    assert solve(problem, solver="today").solver == "today"


@pytest.mark.parametrize(("columns", "solver"), [(100, "exact"), (1_000_000, "scaled")])
def test_auto_goes_by_the_size_of_the_model(columns: int, solver: str) -> None:
    """Small models are solved to the end, large ones by prices; either way it says why."""
    first, *_ = choose(AUTO, columns)
    assert first.solver == solver
    assert str(columns) in first.why


@pytest.mark.parametrize("name", [AUTO, *SOLVERS])
@pytest.mark.parametrize("columns", [0, 100, 1_000_000])
def test_the_last_attempt_cannot_fail(name: str, columns: int) -> None:
    """However large the model and whoever was asked for, somebody serves in the end."""
    assert choose(name, columns)[-1].solver == "greedy"


def test_a_work_limit_ends_the_search_at_the_same_point() -> None:
    """No work allowed: a plan all the same, its gap proven, and the same again."""
    problem = dataclasses.replace(PROBLEM, policy=Policy(work_limit=0))
    plans = [solve(problem, solver="exact") for _ in range(2)]
    assert plans[0].id == plans[1].id
    assert check(problem, plans[0]) == []
    assert plans[0].status in (Status.OPTIMAL, Status.FEASIBLE)


def test_the_wall_clock_marks_a_plan_degraded() -> None:
    """A clock that runs away ends the search; the plan holds, and says that it may differ."""
    seeds = (
        s for s in range(100) if isinstance(solve(instance(s, 25, 6), solver="exact").proof, Split)
    )
    problem = dataclasses.replace(instance(next(seeds), 25, 6), policy=Policy(wall_guard=5))
    times = iter(range(0, 10**9, 3))
    plan = solve(problem, solver="exact", clock=lambda: float(next(times)))
    assert plan.status is Status.DEGRADED
    assert "wall-clock" in " ".join(plan.notes)
    assert check(problem, plan) == []


def test_phases_are_timed_by_the_clock_that_is_given() -> None:
    """Without a clock nothing is timed: the core has none of its own."""
    assert solve(PROBLEM).seconds == {}
    timed = solve(PROBLEM, clock=iter(map(float, range(1000))).__next__)
    assert {"classes", "rows", "solve", "spread", "certificate"} <= set(timed.seconds)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which solver serves, what comes after one that failed, and what its plan is worth."""

from collections.abc import Callable
from dataclasses import dataclass, field

from models import PlannerError, Status, TierResult
from planner.plan.bound import certified_bound, relative_gap
from planner.plan.plan import Plan, Prices
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import GOALS, RULES
from planner.rules.model import LinearModel, Reached
from planner.solvers.exact import SolverError, solve_exact
from planner.solvers.greedy import solve_greedy
from planner.solvers.prices import row_prices
from planner.solvers.spread import spread
from planner.solvers.today import solve_today

Clock = Callable[[], float]


@dataclass
class _Phases:
    """The seconds that each phase took, by a clock that the caller brought (or none)."""

    clock: Clock | None
    seconds: dict[str, float] = field(default_factory=dict)
    _last: float = 0.0

    def __post_init__(self) -> None:
        self._last = self.clock() if self.clock else 0.0

    def end(self, name: str) -> None:
        """Write down the time since the phase before ended."""
        if self.clock:
            now = self.clock()
            self.seconds[name] = now - self._last
            self._last = now


@dataclass(frozen=True)
class _Answer:
    """What one solver made of a model: choices, which tiers it proved, and what to say of it."""

    choice: Ints
    proven: tuple[bool, ...] = ()
    degraded: bool = False
    note: str = ""


def _exact(model: LinearModel, seed: int, phases: _Phases) -> _Answer:
    problem = model.columns.problem
    if problem.runs == 0:
        return _Answer(solve_greedy(problem), tuple(True for _ in problem.policy.tiers))
    found = solve_exact(model, seed)
    phases.end("solve")
    choice = spread(model.columns, found.solution)
    phases.end("spread")
    note = "the wall-clock guard fired" if found.wall else ""
    return _Answer(choice, found.proven, degraded=found.wall, note=note)


def _greedy(model: LinearModel, seed: int, phases: _Phases) -> _Answer:
    choice = solve_greedy(model.columns.problem)
    phases.end("solve")
    return _Answer(choice)


def _today(model: LinearModel, seed: int, phases: _Phases) -> _Answer:
    choice = solve_today(model.columns.problem, seed)
    phases.end("solve")
    return _Answer(choice)


SOLVERS: dict[str, Callable[[LinearModel, int, _Phases], _Answer]] = {
    "exact": _exact,
    "greedy": _greedy,
    "today": _today,
}
# A solver that fails is followed by one that cannot.
FALLBACK = "greedy"


def solve(
    problem: Problem, *, solver: str | None = None, seed: int = 0, clock: Clock | None = None
) -> Plan:
    """Return a plan for `problem` by `solver` (the policy's own, if None).

    The same problem, solver and seed give the same plan. `clock` measures the phases in seconds.
    A solver that ends with anything but a solution is followed by the greedy one, and the plan
    is `degraded`.

    Raises:
        PlannerError: if there is no such solver.
    """
    name = solver or problem.policy.solver
    if name not in SOLVERS:
        raise PlannerError(f"no solver {name!r}; there are {', '.join(SOLVERS)}")
    phases = _Phases(clock)
    model = LinearModel.of(problem, RULES, GOALS)
    phases.end("classes and rows")
    try:
        answer = SOLVERS[name](model, seed, phases)
    except SolverError as failure:
        answer = SOLVERS[FALLBACK](model, seed, phases)
        answer = _Answer(answer.choice, degraded=True, note=f"{name} failed: {failure}")
        name = FALLBACK
    plan = _review(model, name, seed, answer)
    phases.end("certificate")
    plan.seconds.update(phases.seconds)
    return plan


def _review(model: LinearModel, name: str, seed: int, answer: _Answer) -> Plan:
    """Return the plan that `answer` makes, with the value and the bound of each tier."""
    problem = model.columns.problem
    reached: list[Reached] = []
    tiers: list[TierResult] = []
    prices: list[Prices] = []
    gap = 0.0
    proven = answer.proven or tuple(False for _ in problem.policy.tiers)
    for tier, best in zip(problem.policy.tiers, proven, strict=True):
        goal = GOALS[tier]
        costs = goal.costs(model.columns)
        value = goal.measure(problem, answer.choice)
        prices.append(row_prices(model, costs, goal.maximise, reached))
        bound = certified_bound(model, costs, goal.maximise, prices[-1], reached)
        gap = max(gap, relative_gap(value, bound))
        # What the solver proved by search may be tighter than what prices can prove.
        tiers.append(TierResult(name=tier.value, value=value, bound=value if best else bound))
        reached.append(Reached(costs, goal.maximise, value))
    status = Status.OPTIMAL if all(proven) or gap == 0 else Status.FEASIBLE
    return Plan(
        problem=problem.digest,
        solver=name,
        seed=seed,
        status=Status.DEGRADED if answer.degraded else status,
        choice=answer.choice,
        tiers=tuple(tiers),
        gap=gap,
        prices=tuple(prices),
        notes=(answer.note,) if answer.note else (),
    )

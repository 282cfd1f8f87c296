# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a problem to a plan: the solver that serves, its runs, and what the plan is worth."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import ortools

from models import Status, TierResult
from planner.plan.bound import Bounds, gap, overall, reached_by
from planner.plan.check import broken
from planner.plan.plan import Plan
from planner.plan.proof import Leaf, Proof
from planner.plan.restart import Restart
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import GOALS, RULES, Columns
from planner.rules.model import LinearModel, Reached
from planner.solvers.branch import Search
from planner.solvers.certify import Certifier
from planner.solvers.choose import YARDSTICKS, Attempt, choose, grain, thorough
from planner.solvers.corner import Relaxation
from planner.solvers.errors import SolverError
from planner.solvers.greedy import solve_greedy
from planner.solvers.limits import Limit
from planner.solvers.native import Stopwatch
from planner.solvers.pins import obey
from planner.solvers.restart import begin, remember
from planner.solvers.settle import settle
from planner.solvers.simple import SIMPLE, place
from planner.solvers.splitting import Splitting
from planner.solvers.spread import spread
from planner.solvers.stay import at_least_the_last, stay
from planner.solvers.today import solve_today

Clock = Callable[[], float]

# Another version may take another of several equally good plans.
MADE_BY = f"OR-Tools {ortools.__version__}"
# How near to the best the solver for large models goes, in the first tier.
NEAR = 1e-4
# Where runs are weighed, corners leave more to round, and the last bit takes very long.
NEAR_WEIGHED = 1e-3


@dataclass
class Phases:
    """The seconds that each phase took, by a clock that the caller brought (or none)."""

    clock: Clock | None
    seconds: dict[str, float] = field(default_factory=dict)
    _last: float = 0.0

    def __post_init__(self) -> None:
        self._last = self.clock() if self.clock else 0.0

    def end(self, name: str) -> None:
        """Add the time since the phase before ended to this phase."""
        if self.clock:
            now = self.clock()
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._last
            self._last = now


@dataclass(frozen=True)
class _Answer:
    """What one solver made of a model: choices, which tiers it proved by itself, what to say."""

    choice: Ints
    proven: tuple[bool, ...] = ()
    degraded: bool = False
    notes: tuple[str, ...] = ()


def solve(
    problem: Problem,
    *,
    solver: str | None = None,
    seed: int = 0,
    clock: Clock | None = None,
    start: Plan | None = None,
) -> Plan:
    """Return a plan for `problem` by `solver` (the policy's own, if None).

    The same problem, solver, seed and `start` give the same plan. `start` is a plan for a problem
    much like this one: from where it began the search ends sooner. `clock` measures the phases in
    seconds and guards the policy's wall-clock limit. A solver that ends with anything but a plan
    that keeps every rule is followed by the next one, and the plan is `degraded`.

    Raises:
        PlannerError: if there is no such solver.
    """
    phases = Phases(clock)
    name = solver or problem.policy.solver
    classes, why = grain(problem, name)
    phases.end("classes")
    model = LinearModel.over(Columns.over(problem, classes), RULES, GOALS)
    phases.end("rows")
    attempts = choose(name, model.columns.size, weighed=model.weighed)
    near = 0.0 if attempts[0].solver != "scaled" else NEAR_WEIGHED if model.weighed else NEAR
    careful = thorough(attempts[0].solver, model.columns.size, weighed=model.weighed)
    search, failures = _search(model, near, careful, clock, start)
    phases.end("solve")
    for attempt in attempts:
        try:
            answer = _dealt(attempt, model, _answer(attempt, model, search, seed, phases))
            _reject_broken(problem, answer.choice)
            phases.end("check")
        except SolverError as error:
            failures.append(f"{attempt.solver} failed: {error}")
            continue
        break
    if attempt is not attempts[0]:
        answer = replace(answer, degraded=True)
    begun = f"begun where plan {start.id} began" if start is not None and start.restart else ""
    whys = (text for text in (attempt.why, why, begun) if text)
    notes = (*failures, *whys, *answer.notes)
    plan = _review(model, attempt.solver, seed, replace(answer, notes=notes), search)
    phases.end("certificate")
    plan.seconds.update(phases.seconds)
    return plan


def _search(
    model: LinearModel, near: float, careful: bool, clock: Clock | None, start: Plan | None
) -> tuple[Search | None, list[str]]:
    """Return the search over `model` with its root solved, or why there is none."""
    problem = model.columns.problem
    costs = [
        GOALS[tier].costs(model.columns).astype(np.float64) * (-1 if GOALS[tier].maximise else 1)
        for tier in problem.tiers
    ]
    if not model.columns.size or not costs:
        return None, []
    try:
        relaxation = Relaxation(model, costs, Stopwatch(clock), rounding=careful)
        basis = None
        if start is not None and start.restart is not None:
            basis = begin(start.restart(), model, relaxation.program.solved)
        limit = Limit(problem.policy, clock)
        return Search(relaxation, Splitting(model.columns), limit, near, basis, careful), []
    except SolverError as error:
        return None, [f"the relaxation failed: {error}"]


def _answer(
    attempt: Attempt, model: LinearModel, search: Search | None, seed: int, phases: Phases
) -> _Answer:
    problem = model.columns.problem
    if attempt.solver in ("exact", "scaled"):
        return _searched(attempt, model, search, phases)
    if attempt.solver == "cpsat":
        # It brings a second of imports along, and most plans never need it.
        from planner.solvers.cpsat import solve_cpsat

        found = solve_cpsat(model, seed)
        phases.end("solve")
        notes = ("the wall-clock guard fired",) if found.wall else ()
        answer = _Answer(spread(model.columns, found.solution), found.proven, found.wall, notes)
    elif attempt.solver in SIMPLE:
        answer = _Answer(place(problem, SIMPLE[attempt.solver](seed)))
    elif attempt.solver == "today":
        answer = _Answer(solve_today(problem, seed))
    else:
        answer = _Answer(solve_greedy(problem))
    phases.end("solve")
    return answer


def _searched(
    attempt: Attempt, model: LinearModel, search: Search | None, phases: Phases
) -> _Answer:
    if search is None:
        if model.columns.size:
            raise SolverError("there is no relaxation to begin with")
        return _Answer(np.full(model.columns.problem.runs, -1, dtype=np.int64))
    search.run()
    if search.best is None:
        search.dive(search.root)
    phases.end("solve")
    if search.best is None:
        raise SolverError("no whole point was found")
    choice = spread(model.columns, search.best)
    if not model.classes.alike:
        choice = settle(model.columns.problem, model.classes, choice)
    phases.end("spread")
    notes = (search.limit.fired,) if search.limit.fired else ()
    return _Answer(choice, degraded=search.limit.wall, notes=notes)


def _dealt(attempt: Attempt, model: LinearModel, answer: _Answer) -> _Answer:
    """Return `answer` with the places of runs dealt out by their pins, and as they last were.

    That is for nothing in any other tier. Yardsticks know of no last plan.
    """
    problem = model.columns.problem
    if attempt.solver in YARDSTICKS or not len(problem.last_run):
        return replace(answer, choice=_final(obey(problem, answer.choice)))
    choice = _final(obey(problem, stay(problem, model.classes, answer.choice)))
    last = at_least_the_last(problem, choice)
    # What is better than what a solver found was not proven by it.
    return replace(answer, choice=last, proven=answer.proven if last is choice else ())


def _final(choice: Ints) -> Ints:
    """Return `choice`, that nobody writes to from here on: what was counted of it stays true."""
    choice.setflags(write=False)
    return choice


def _reject_broken(problem: Problem, choice: Ints) -> None:
    for found in broken(problem, choice):
        raise SolverError(f"its plan breaks {found.rule}: {found.text}")


def _review(
    model: LinearModel, solver: str, seed: int, answer: _Answer, search: Search | None
) -> Plan:
    """Return the plan that `answer` makes, with the value and the proven bound of each tier."""
    problem = model.columns.problem
    reached = reached_by(model, answer.choice)
    proof, bounds = _proof(model, reached, search)
    open_by = gap(reached, bounds)
    # What a solver proved by search may be tighter than what prices can prove.
    proven = answer.proven or (False,) * len(reached)
    best = [t.value if done else b for t, b, done in zip(reached, bounds, proven, strict=True)]
    status = Status.OPTIMAL if open_by == 0 or all(proven) else Status.FEASIBLE
    return Plan(
        problem=problem.digest,
        solver=solver,
        seed=seed,
        status=Status.DEGRADED if answer.degraded else status,
        choice=answer.choice,
        tiers=tuple(
            TierResult(name=tier.value, value=result.value, bound=bound)
            for tier, result, bound in zip(problem.tiers, reached, best, strict=True)
        ),
        gap=open_by,
        proof=proof,
        notes=answer.notes,
        native=search.relaxation.watch.seconds if search else 0.0,
        made_by=MADE_BY,
        kinds=not model.classes.alike,
        restart=_restart(model, search),
    )


def _restart(model: LinearModel, search: Search | None) -> Callable[[], Restart] | None:
    if search is None or search.begin is None:
        return None
    return partial(remember, model, search.relaxation.program.solved, search.begin)


def _proof(
    model: LinearModel, reached: list[Reached], search: Search | None
) -> tuple[Proof, list[int]]:
    """Return what proves the tiers as far as the search got, and the bounds that it proves."""
    bounds = Bounds(model)
    if search is not None:
        certifier = Certifier(search.relaxation, bounds, reached, search.prices())
        proof = search.root.proof(certifier)
        try:
            return proof, overall(reached, certifier.found)
        except ValueError:
            # Prices that do not add up prove nothing; those below prove little, and hold.
            pass
    rows = len(model.lower)
    nothing = Leaf(tuple(np.zeros(rows + tier) for tier in range(len(reached))))
    return nothing, bounds.each(nothing, reached)

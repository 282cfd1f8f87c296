# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests and capacity become a plan that passed the independent check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from models import (
    Capacity,
    Catalog,
    History,
    Place,
    PlanDocument,
    PlannerError,
    Policy,
    Request,
    UnderTest,
)
from planner.candidates import admit
from planner.cycle.stopwatch import Stopwatch
from planner.estimates import Ran
from planner.plan import Plan, check, document, outline
from planner.problem import Problem, build, knowing
from planner.solvers import solve


class Known(TypedDict):
    """What is known of the past and of what goes on, as `decide` and `admit` take it."""

    history: History
    under_way: Mapping[tuple[str, str], int]
    running: Iterable[Ran]
    before: Mapping[UnderTest, Sequence[Place]]


@dataclass(frozen=True)
class Decision:
    """A problem, the plan for it that passed the check, and how that reads."""

    problem: Problem
    plan: Plan
    document: PlanDocument


def decide(
    catalog: Catalog,
    requests: Iterable[Request],
    capacity: Capacity,
    *,
    policy: Policy,
    history: History | None = None,
    under_way: Mapping[tuple[str, str], int] | None = None,
    running: Iterable[Ran] = (),
    last: Mapping[str, Place] | None = None,
    before: Mapping[UnderTest, Sequence[Place]] | None = None,
    now: datetime | None = None,
    created: datetime | None = None,
    solver: str | None = None,
    seed: int = 0,
    watch: Stopwatch,
    explained: bool = True,
) -> Decision:
    """Return what becomes of `requests` under `capacity` at the time `now`.

    Runs are expected to take what `history` tells of earlier ones; `under_way` counts those that
    are not over, by runtime and device type, and `running` is what they are runs of. `before` is
    where what is tested now ran before. `last` is where the last plan had runs, by their keys:
    they stay if nothing is better elsewhere. The plan is written down as of `created`, or else as
    of the time that it plans for, and says why each run is where it is if that is `explained`.

    Raises:
        PlannerError: if there is no such solver, or the plan does not pass the independent check.
    """
    admission = admit(
        catalog,
        requests,
        capacity,
        policy=policy,
        now=now,
        history=history,
        under_way=under_way,
        running=running,
        before=before,
    )
    watch.lap("candidates")
    problem = knowing(build(admission), last or {})
    watch.lap("problem")
    plan = checked_plan(problem, solver=solver, seed=seed, watch=watch)
    write = document if explained else outline
    return Decision(problem, plan, write(problem, plan, created=created or admission.now))


def checked_plan(problem: Problem, *, solver: str | None, seed: int, watch: Stopwatch) -> Plan:
    """Return a plan for `problem` that passed the independent check.

    Raises:
        PlannerError: if there is no such solver, or the plan does not pass.
    """
    plan = solve(problem, solver=solver, seed=seed, clock=watch.timer)
    watch.lap("solve")
    violations = check(problem, plan)
    watch.lap("check")
    if violations:
        found = "\n".join(f"  {v.rule}: {v.text}" for v in violations[:10])
        raise PlannerError(f"the plan of solver {plan.solver} does not hold:\n{found}")
    return plan

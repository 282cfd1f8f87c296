# SPDX-License-Identifier: LGPL-2.1-or-later
"""How fast the engine solves a problem, phase by phase, and how good its plan is.

Everything that is said of a plan is what the independent check found. Of `seconds`, `native` is the
part of `solve` inside OR-Tools, `check` is the solver's own look at its plan and the independent
one, and `processor` what the process used in `total`, which on a machine that is shared tells more.
`around` is the share of `total` that is not `native`.
"""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benchmarks.instance import Size, make
from planner.plan import check
from planner.plan.proof import leaves
from planner.problem import Problem, merge
from planner.problem.validity import validate
from planner.solvers import AUTO, solve

PHASES = (
    "ingest",
    "classes",
    "rows",
    "solve",
    "native",
    "spread",
    "certificate",
    "check",
    "processor",
)


def measure(
    size: Size,
    seed: int,
    solver: str | None,
    clock: Callable[[], float],
    changed: float = 0.0,
) -> dict[str, Any]:
    """Return what solving the problem of `size` and `seed` took and gave.

    Making the problem is not timed, taking in its columns is. Without a `solver` the engine
    chooses one by the size of the model. If a share `changed`, the problem is the one of the next
    cycle, solved with the plan of this one and, to compare, without it.
    """
    solver = solver or AUTO
    start = solve(make(size, seed), solver=solver, seed=seed) if changed else None
    made = make(size, seed, changed)
    began, used = clock(), time.process_time()
    # A copy has its columns and nothing that was computed from them.
    problem = replace(made)
    validate(problem)
    digest = problem.digest
    ingested = clock()
    plan = solve(problem, solver=solver, seed=seed, clock=clock, start=start)
    solved = clock()
    violations = check(problem, plan)
    ended, used = clock(), time.process_time() - used
    seconds = {
        **plan.seconds,
        "ingest": ingested - began,
        "check": plan.seconds.get("check", 0.0) + ended - solved,
        "native": plan.native,
        "processor": used,
    }
    return {
        "runs": problem.runs,
        "slots": problem.slots,
        "classes": len(merge(problem)),
        "seconds": {
            "total": round(ended - began, 4),
            **{phase: round(seconds.get(phase, 0.0), 4) for phase in PHASES},
        },
        "around": round(1 - plan.native / max(ended - began, 1e-9), 3),
        "memory_mb": peak_mb(),
        "tiers": [tier.model_dump(mode="json") for tier in plan.tiers],
        "gap": plan.gap,
        "status": plan.status.value,
        "solver": plan.solver,
        "verified": not violations,
        "placed": plan.placed,
        "plan": plan.id,
        "problem": digest,
        "notes": list(plan.notes),
        "leaves": sum(1 for _ in leaves(plan.proof)),
        **(_without(made, solver, seed, clock, solved - ingested) if changed else {}),
    }


def _without(
    made: Problem, solver: str, seed: int, clock: Callable[[], float], with_plan: float
) -> dict[str, Any]:
    """Return what it takes to solve `made` without an earlier plan, and the ratio to with one."""
    problem = replace(made)
    began = clock()
    plan = solve(problem, solver=solver, seed=seed, clock=clock)
    seconds = clock() - began
    return {
        "cold": {
            "seconds": round(seconds, 4),
            "of_cold": round(with_plan / seconds, 3),
            "tiers": [tier.model_dump(mode="json") for tier in plan.tiers],
            "gap": plan.gap,
        }
    }


def peak_mb() -> int:
    """Return the most memory that this process has had so far, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1 << 20 if sys.platform == "darwin" else 1 << 10)

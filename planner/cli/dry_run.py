# SPDX-License-Identifier: LGPL-2.1-or-later
"""A batch planned with the real code, up to the point where something would be sent."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from models import Batch, Capacity, Catalog, Demand, PlanDocument, PlannerError
from planner.candidates import admit
from planner.config import load_catalog, load_policy, read_capacity
from planner.demand import expand
from planner.events import NodeFile, read_events, read_nodes
from planner.plan import Plan, check, document
from planner.problem import Problem, build
from planner.solvers import solve


@dataclass(frozen=True)
class Wanted:
    """What the user of `plan` asks for; None leaves it to the configuration or the policy."""

    paths: tuple[Path, ...]
    events: str
    nodes: Path | None = None
    capacity: Path | None = None
    policy: str | None = None
    solver: str | None = None
    seed: int = 0
    now: datetime | None = None


@dataclass(frozen=True)
class DryRun:
    """The problem of a batch, its plan written down, and what of the input could not be used."""

    problem: Problem
    document: PlanDocument
    complaints: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass
class Phases:
    """The seconds that each phase took, in their order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Write down the seconds that the block takes."""
        start = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - start


def dry_run(wanted: Wanted) -> DryRun:
    """Return the checked plan for a batch of events; nothing is sent or recorded.

    Raises:
        PlannerError: if something as a whole cannot be read or is unknown, or if the plan does
            not pass the independent check.
    """
    phases, clock = Phases(), wanted.now or datetime.now(UTC)
    with phases.measure("config"):
        catalog = load_catalog(*wanted.paths)
        policy = load_policy(wanted.policy or catalog.planner.policy, catalog)
        capacity = read_capacity(catalog, wanted.capacity, clock)
    with phases.measure("events"):
        batch = read_events(wanted.events)
        nodes = read_nodes(wanted.nodes) if wanted.nodes else None
    with phases.measure("demand"):
        demand = expand(catalog, batch, nodes=nodes, now=wanted.now, deadline_s=policy.deadline)
    with phases.measure("candidates"):
        admission = admit(catalog, demand, capacity, policy=policy, now=wanted.now)
    with phases.measure("problem"):
        problem = build(admission)
    plan = checked(problem, wanted.solver, wanted.seed, phases)
    return DryRun(
        problem=problem,
        document=document(problem, plan, created=clock),
        complaints=tuple(_complaints(wanted, catalog, capacity, batch, nodes, demand)),
        notes=plan.notes,
    )


def checked(problem: Problem, solver: str | None, seed: int, phases: Phases) -> Plan:
    """Return the plan for `problem`, which code that did not make it has found to be right.

    Its seconds are those of `phases` so far, of the solver's own phases and of the check.

    Raises:
        PlannerError: if it was found to be wrong, or if there is no such solver.
    """
    plan = solve(problem, solver=solver, seed=seed, clock=time.monotonic)
    phases.seconds.update(plan.seconds)
    with phases.measure("check"):
        violations = check(problem, plan)
    if violations:
        found = "\n".join(f"  {one.rule}: {one.text}" for one in violations)
        raise PlannerError(f"the plan that {plan.solver} made does not pass the check:\n{found}")
    return replace(plan, seconds=phases.seconds)


def _complaints(
    wanted: Wanted,
    catalog: Catalog,
    capacity: Capacity,
    batch: Batch,
    nodes: NodeFile | None,
    demand: Demand,
) -> Iterator[str]:
    """Yield what of the input could not be used, in the order in which it was read."""
    events = "standard input" if wanted.events == "-" else wanted.events
    yield from map(str, catalog.malformed)
    yield from map(str, capacity.defects)
    yield from (f"{events}: {error}" for error in batch.errors)
    if nodes is not None:
        yield from (f"{wanted.nodes}: {error}" for error in nodes.errors)
    yield from (f"{events}: {error}" for error in demand.errors)

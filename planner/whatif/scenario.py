# SPDX-License-Identifier: LGPL-2.1-or-later
"""A batch with all that decides about its plan, so that some of it can be different."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

from models import (
    Capacity,
    Catalog,
    ExitCode,
    History,
    Place,
    PlanDocument,
    PlannerError,
    Policy,
    Request,
)
from planner.candidates import Admission, admit
from planner.plan import Plan, check, document
from planner.problem import Problem, build, knowing
from planner.solvers import solve


class Adjustment(Protocol):
    """What is changed in a problem after it was built."""

    def adjusted(self, problem: Problem) -> Problem:
        """Return `problem` with the change."""


@dataclass(frozen=True)
class Scenario:
    """All that a plan follows from; its parts are worked out when they are first asked for.

    `now` defaults to the time of the newest request. `last` is where the last plan had runs, by
    their keys. `adjustments` are made in the problem that the rest gives.
    """

    catalog: Catalog
    requests: tuple[Request, ...]
    capacity: Capacity
    policy: Policy = field(default_factory=Policy)
    now: datetime | None = None
    history: History | None = None
    last: Mapping[str, Place] = field(default_factory=dict)
    solver: str | None = None
    seed: int = 0
    adjustments: tuple[Adjustment, ...] = ()

    @cached_property
    def admission(self) -> Admission:
        """Return what may become of each request."""
        return admit(
            self.catalog,
            self.requests,
            self.capacity,
            policy=self.policy,
            now=self.now,
            history=self.history,
        )

    @cached_property
    def problem(self) -> Problem:
        """Return what there is to decide."""
        problem = knowing(build(self.admission), self.last)
        for adjustment in self.adjustments:
            problem = adjustment.adjusted(problem)
        return problem

    @cached_property
    def plan(self) -> Plan:
        """Return the plan, which passed the independent check.

        Raises:
            PlannerError: if there is no such solver, or the plan does not pass.
        """
        plan = solve(self.problem, solver=self.solver, seed=self.seed)
        broken = check(self.problem, plan)
        if broken:
            text = f"the plan of solver {plan.solver} does not hold: {broken[0].text}"
            raise PlannerError(text)
        return plan

    @cached_property
    def document(self) -> PlanDocument:
        """Return the plan as it is written down, as of the time that it plans for."""
        return document(self.problem, self.plan, created=self.admission.now)

    def gains(self, changed: "Scenario") -> dict[str, int]:
        """Return by how much each tier of the plan of `changed` differs; what is no tier is 0."""
        before, after = (
            {tier.name: tier.value for tier in scenario.plan.tiers} for scenario in (self, changed)
        )
        return {
            tier.value: after.get(tier, 0) - before.get(tier, 0)
            for tier in self.policy.tiers
            if tier in before or tier in after
        }

    def changed(self, changes: Iterable["Change"]) -> "Scenario":
        """Return the scenario with all `changes`, one after the other.

        Raises:
            PlannerError: if one of them speaks of something that is not there.
        """
        scenario = self
        for change in changes:
            scenario = change.apply(scenario)
        return scenario

    def adjusted(self, adjustment: Adjustment) -> "Scenario":
        """Return the scenario with one more change in its problem."""
        changed = replace(self, adjustments=(*self.adjustments, adjustment))
        # What was worked out for this one holds for that one too, up to the change.
        changed.__dict__["admission"] = self.admission
        changed.__dict__["problem"] = adjustment.adjusted(self.problem)
        return changed


class Change(Protocol):
    """Something that could be different; as text it is spelled as a user writes it."""

    def apply(self, scenario: Scenario) -> Scenario:
        """Return `scenario` with the change.

        Raises:
            PlannerError: if it speaks of something that is not there; the text says what is.
        """

    def __str__(self) -> str: ...


def unknown(what: str, name: str, known: Iterable[str]) -> PlannerError:
    """Return the error that there is no such thing, with the names of those that there are."""
    names = sorted(known)
    there_are = f"there are: {', '.join(names)}" if names else "there are none"
    return PlannerError(f"no {what} {name!r}; {there_are}", ExitCode.USAGE)


def impossible(text: str) -> PlannerError:
    """Return the error that something cannot be changed like this."""
    return PlannerError(text, ExitCode.USAGE)

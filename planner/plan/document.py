# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan as it is written down: every run by name, placed or waiting with its reason."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from models import (
    Assignment,
    Deferral,
    PlanDocument,
    PlanHeader,
    Reason,
    ReasonCode,
    RequestOptions,
    Solve,
)
from planner.plan.assignments import assignments
from planner.plan.options import OptionTable
from planner.plan.plan import Plan
from planner.plan.prices import prices
from planner.plan.reasons import why_waiting
from planner.plan.slots import slot_rooms
from planner.plan.takers import Takers
from planner.problem import Problem

_NOT_ASKED = Reason.of(ReasonCode.NOT_SENT, "it waits, and nobody asked why")


def document(problem: Problem, plan: Plan, *, created: datetime) -> PlanDocument:
    """Return `plan` for `problem` as it is written down at the time `created`.

    Runs stand in the order of the batch. A problem that was loaded from a file knows nothing of
    requests in error, and not why a place is no candidate.
    """
    placed = assignments(problem, plan)
    table = OptionTable(problem, plan)
    options = tuple(table.of(request) for request in range(problem.requests))
    deferrals = _deferrals(problem, plan, table.takers(placed), options)
    return _written(problem, plan, created, placed, deferrals).model_copy(
        update={
            "explanations": options,
            "slots": slot_rooms(problem),
            "prices": prices(problem, plan),
        }
    )


def outline(problem: Problem, plan: Plan, *, created: datetime) -> PlanDocument:
    """Return no more of `plan` than is carried out: what goes where, and what waits.

    Most of the work of a document is to say why, which not everybody asks.
    """
    waiting = np.flatnonzero(plan.choice < 0).tolist()
    deferrals = tuple(deferral(problem, run, _NOT_ASKED) for run in waiting)
    return _written(problem, plan, created, assignments(problem, plan), deferrals)


def _written(
    problem: Problem,
    plan: Plan,
    created: datetime,
    placed: tuple[Assignment, ...],
    deferrals: tuple[Deferral, ...],
) -> PlanDocument:
    return PlanDocument(
        plan=PlanHeader(
            id=plan.id,
            problem=plan.problem,
            created=created,
            valid_until=created + timedelta(seconds=problem.policy.valid_for),
        ),
        solve=Solve(
            solver=plan.solver,
            status=plan.status,
            tiers=plan.tiers,
            gap=plan.gap,
            seconds={phase: round(seconds, 4) for phase, seconds in plan.seconds.items()},
            made_by=plan.made_by,
            notes=plan.notes,
        ),
        assignments=placed,
        deferrals=deferrals,
        errors=problem.admission.errors if problem.admission else (),
    )


def _deferrals(
    problem: Problem,
    plan: Plan,
    takers: Takers,
    options: Sequence[RequestOptions],
) -> tuple[Deferral, ...]:
    waiting = np.flatnonzero(plan.choice < 0)
    missing = np.bincount(problem.run_request[waiting], minlength=problem.requests).tolist()
    reasons: dict[tuple[int, int | None], Reason] = {}
    found = []
    columns = (waiting, problem.run_request[waiting], problem.run_index[waiting])
    for run, request, index in zip(*(column.tolist() for column in columns), strict=True):
        # Runs of a request wait for the same reason, but for those that are pinned.
        key = (request, index if run in problem.barred else None)
        if key not in reasons:
            about = options[request], index, missing[request]
            reasons[key] = why_waiting(*about, takers, plan.solver)
        found.append(deferral(problem, run, reasons[key]))
    return tuple(found)


def deferral(problem: Problem, run: int, reason: Reason) -> Deferral:
    """Return the run at position `run` as one that waits for `reason`."""
    request = int(problem.run_request[run])
    return Deferral(
        run=problem.run_id(run),
        request=problem.labels["request"][request],
        job=problem.labels["job"][request],
        parent=problem.labels["parent"][request],
        index=int(problem.run_index[run]),
        reason=reason,
    )

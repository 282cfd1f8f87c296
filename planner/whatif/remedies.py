# SPDX-License-Identifier: LGPL-2.1-or-later
"""The cheapest single change that would place a run that waits, found by solving."""

from collections.abc import Callable, Iterable, Sequence

from models import Place, PlannerError, Remedy, Request, Tier, TriedChange
from planner.whatif.certain import Certainty
from planner.whatif.changes.wishes import Number
from planner.whatif.conflict import smallest_conflict
from planner.whatif.options import Priced, single_changes
from planner.whatif.scenario import Scenario

# What goes along with the changes that are tried, such as a progress bar.
Along = Callable[[Sequence[Priced]], Iterable[Priced]]

MOST_SOLVES = 200


def remedy(
    scenario: Scenario, run: str, *, most_solves: int = MOST_SOLVES, along: Along = iter
) -> Remedy:
    """Return the cheapest change that would place `run`, and what was tried before it.

    A change counts if the plan with it places the run and is worth more: a run that only takes the
    place of another of the same worth is not helped. After `most_solves` the search ends. `run`
    may be the key of a request in error, which has no runs.

    Raises:
        PlannerError: if the scenario has no such run, or it is placed already.
    """
    request = _request(scenario, run)
    if _fates(scenario, request).get(run, -1) >= 0:
        raise PlannerError(f"run {run} is placed already")
    certainty = Certainty(scenario.problem, scenario.plan)
    tried: list[TriedChange] = []
    solves = 0
    for priced in along(single_changes(scenario, request)):
        if solves >= most_solves:
            return Remedy(run=run, tried=tuple(tried), complete=False)
        changed = priced.change.apply(scenario)
        solved = not certainty.gains_nothing(changed.problem)
        solves += solved
        works = solved and _works(scenario, changed, run, request, priced)
        tried.append(
            TriedChange(change=str(priced.change), cost=priced.cost, works=works, solved=solved)
        )
        if works:
            return _found(scenario, changed, run, request, tried)
    conflict = smallest_conflict(scenario, request)
    return Remedy(run=run, tried=tuple(tried), conflict=conflict)


def _request(scenario: Scenario, run: str) -> Request:
    by_key = {request.key: request for request in scenario.requests}
    request = by_key.get(run) or by_key.get(run.rpartition("-")[0])
    if request is None:
        raise PlannerError(f"the batch has no run {run!r}")
    return request


def _fates(scenario: Scenario, request: Request) -> dict[str, int]:
    """Return where each run of `request` goes: its candidate, -1 where it waits."""
    problem = scenario.problem
    if request.key not in problem.labels["request"]:
        return {}
    row = problem.labels["request"].index(request.key)
    runs = range(int(problem.run_start[row]), int(problem.run_start[row + 1]))
    return {problem.run_id(run): int(scenario.plan.choice[run]) for run in runs}


def _works(before: Scenario, after: Scenario, run: str, request: Request, priced: Priced) -> bool:
    """Tell whether the changed plan places the run, and is worth more."""
    fates = _fates(after, request)
    # Where runs are left out of a request, or were in error, all that there are have to be placed.
    together = run == request.key or isinstance(priced.change, Number)
    wanted = list(fates.values()) if together else [fates.get(run, -1)]
    return bool(wanted) and min(wanted) >= 0 and _value(after) > _value(before)


def _value(scenario: Scenario) -> int:
    return next(tier.value for tier in scenario.plan.tiers if tier.name == Tier.VALUE)


def _found(
    before: Scenario, after: Scenario, run: str, request: Request, tried: list[TriedChange]
) -> Remedy:
    return Remedy(
        run=run,
        change=tried[-1].change,
        cost=tried[-1].cost,
        places=tuple(
            Place(runtime=one.runtime, platform=one.platform, device_type=one.device_type)
            for one in after.document.assignments
            if one.request == request.key
        ),
        gains=before.gains(after),
        tried=tuple(tried),
    )

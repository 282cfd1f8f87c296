# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan that was made before is taken as this cycle's, if it still holds."""

from datetime import datetime

import numpy as np

from models import PlanDocument, PlannerError
from planner.problem import Problem, candidate_at
from planner.problem.problem import Ints
from planner.rules import RULES

NAMED = 10  # how many things that do not hold any more are named


class StalePlanError(PlannerError):
    """The plan was right once and is not any more; nothing of it was sent."""


def require_current(document: PlanDocument, problem: Problem, now: datetime) -> None:
    """See to it that a plan still holds: `problem` is what there is to plan now.

    Every run of it has to wait for a place, to be admitted where the plan puts it, and all of
    them together have to keep every rule under the capacity of now.

    Raises:
        StalePlanError: if that is not so, with what has changed.
    """
    header = document.plan
    if now > header.valid_until:
        text = f"it was good until {header.valid_until:%Y-%m-%d %H:%M:%S} UTC"
        raise StalePlanError(f"plan {header.id} is stale: {text}")
    choice, changed = _choice(document, problem)
    if not changed:
        found = (violation for rule in RULES for violation in rule.check(problem, choice))
        changed = [f"{violation.rule}: {violation.text}" for violation in found]
    if changed:
        listed = "".join(f"\n  {text}" for text in changed[:NAMED])
        more = f"\n  and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
        raise StalePlanError(f"plan {header.id} is stale, make a new one:{listed}{more}")


def _choice(document: PlanDocument, problem: Problem) -> tuple[Ints, list[str]]:
    """Return the candidate of each run that the plan places, and what cannot be so any more."""
    choice = np.full(problem.runs, -1, dtype=np.int64)
    changed = []
    for place in document.assignments:
        try:
            run = problem.run_position(place.run)
        except KeyError:
            changed.append(f"run {place.run} of job {place.job} does not wait for a place")
            continue
        candidate = candidate_at(problem, int(problem.run_request[run]), place)
        if candidate is None:
            at = f"{place.platform} in {place.runtime}"
            changed.append(f"run {place.run} of job {place.job} may not go to {at} now")
        else:
            choice[run] = candidate
    return choice, changed

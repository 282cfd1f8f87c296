# SPDX-License-Identifier: LGPL-2.1-or-later
"""The independent check: every rule over every run, values and bounds computed anew."""

from collections.abc import Iterator

from models import TierResult
from planner.plan.bound import Bounds, gap, model_of, reached_by
from planner.plan.plan import Plan
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import RULES, Violation, once
from planner.rules.model import Reached


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Return everything that is wrong with `plan`; nothing here knows how it was made.

    The rules are checked run by run, the value of each tier is measured, and the bound of each
    tier is recomputed from the prices that the plan carries.
    """
    if plan.problem != problem.digest:
        text = f"the plan is for problem {plan.problem}, this is {problem.digest}"
        return [Violation("plan", text)]
    return list(broken(problem, plan.choice)) or _tiers(problem, plan)


@once
def broken(problem: Problem, choice: Ints) -> tuple[Violation, ...]:
    """Return how `choice` breaks the rules."""
    # The first rule says whether the choices mean anything at all; the others rely on it.
    meaningless = RULES[0].check(problem, choice)
    if meaningless:
        return tuple(meaningless)
    return tuple(found for rule in RULES[1:] for found in rule.check(problem, choice))


def _tiers(problem: Problem, plan: Plan) -> list[Violation]:
    names = [tier.value for tier in problem.tiers]
    if [tier.name for tier in plan.tiers] != names:
        return [Violation("plan", f"the plan has not one result for each of {names}")]
    model = model_of(problem, plan)
    reached = reached_by(model, plan.choice)
    try:
        bounds = Bounds(model).each(plan.proof, reached)
    except ValueError as error:
        return [Violation("certificate", str(error))]
    found = [
        violation
        for said, tier, bound in zip(plan.tiers, reached, bounds, strict=True)
        for violation in _tier(said, tier, bound)
    ]
    proven = gap(reached, bounds)
    if abs(proven - plan.gap) > 1e-9:
        text = f"the plan says gap {plan.gap}, its prices {proven}"
        found.append(Violation("certificate", text))
    return found


def _tier(said: TierResult, tier: Reached, bound: int) -> Iterator[Violation]:
    """Yield what a plan says of a tier that is not so."""
    if said.value != tier.value:
        text = f"{said.name}: the plan says {said.value} and reaches {tier.value}"
        yield Violation("plan", text)
    low, high = (tier.value, bound) if tier.maximise else (bound, tier.value)
    if low > high:
        text = f"{said.name}: {tier.value} is better than {bound}, which the prices prove"
        yield Violation("certificate", text)
    elif not low <= said.bound <= high:
        text = f"{said.name}: the bound {said.bound} is not between {tier.value} and {bound}"
        yield Violation("certificate", text)

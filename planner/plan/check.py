# SPDX-License-Identifier: LGPL-2.1-or-later
"""The independent check: every rule over every run, values and bounds computed anew."""

from planner.plan.bound import Bounds, relative_gap
from planner.plan.plan import Plan
from planner.problem import Problem
from planner.rules import GOALS, RULES, Violation
from planner.rules.model import LinearModel, Reached


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Return everything that is wrong with `plan`; nothing here knows how it was made.

    The rules are checked run by run, the value of each tier is measured, and the bound of each
    tier is recomputed from the prices that the plan carries.
    """
    if plan.problem != problem.digest:
        text = f"the plan is for problem {plan.problem}, this is {problem.digest}"
        return [Violation("plan", text)]
    # The first rule says whether the choices mean anything at all; the others rely on it.
    meaningless = RULES[0].check(problem, plan.choice)
    if meaningless:
        return meaningless
    broken = [found for rule in RULES[1:] for found in rule.check(problem, plan.choice)]
    return broken or _tiers(problem, plan)


def _tiers(problem: Problem, plan: Plan) -> list[Violation]:
    names = [tier.value for tier in problem.policy.tiers]
    if [tier.name for tier in plan.tiers] != names:
        return [Violation("plan", f"the plan has not one result for each of {names}")]
    model = LinearModel.of(problem, RULES, GOALS)
    bounds = Bounds(model)
    reached: list[Reached] = []
    found = []
    gap = 0.0
    for tier, result in zip(problem.policy.tiers, plan.tiers, strict=True):
        goal = GOALS[tier]
        value = goal.measure(problem, plan.choice)
        if value != result.value:
            text = f"{tier}: the plan says {result.value} and reaches {value}"
            found.append(Violation("plan", text))
        costs = goal.costs(model.columns)
        try:
            bound = bounds.of(plan.proof, costs, goal.maximise, reached)
        except ValueError as error:
            return [*found, Violation("certificate", f"{tier}: {error}")]
        low, high = (value, bound) if goal.maximise else (bound, value)
        if low > high:
            text = f"{tier}: {value} is better than the bound {bound} that the prices prove"
            found.append(Violation("certificate", text))
        elif not low <= result.bound <= high:
            text = f"{tier}: the bound {result.bound} is not between {value} and {bound}"
            found.append(Violation("certificate", text))
        gap = max(gap, relative_gap(value, bound))
        reached.append(Reached(costs, goal.maximise, value))
    if abs(gap - plan.gap) > 1e-9:
        found.append(Violation("certificate", f"the plan says gap {plan.gap}, its prices {gap}"))
    return found

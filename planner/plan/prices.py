# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one more place would be worth: the prices of a proof, by rule and slot.

A proof says how good a plan can be at most, and its prices by how much that would rise if a limit
did. So a price is no promise but a limit: what has no price certainly brings nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models import Price
from planner.plan.bound import Bounds, model_of, reached_by
from planner.plan.plan import Plan
from planner.plan.proof import leaves
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import RULES
from planner.rules.model import LinearModel, Reached

# Rule, runtime, device type and label, as a price names them.
Place = tuple[str, str, str | None, str | None]

# What a price may be off by, from the fraction to which prices are rounded.
NOISE = 1e-3
_DIGITS = 3

# What rows are about that limit places, and not classes of requests.
_KINDS = ("slot", "runtime", "quota")


def prices(problem: Problem, plan: Plan) -> tuple[Price, ...]:
    """Return what one more place would be worth at most, for each rule and place with a price.

    Those that could better the first tier come first, the dearest of them at the top. A plan
    without prices gives none.
    """
    model = model_of(problem, plan)
    places, place_of = _places(model)
    reached = reached_by(model, plan.choice)
    bounds = Bounds(model)
    found: dict[Place, Price] = {}
    for position, tier in enumerate(problem.tiers):
        worth = _worth(plan, bounds, reached, position, place_of, len(places))
        for place, amount in zip(places, worth.tolist(), strict=True):
            if amount > NOISE and place not in found:
                rule, runtime, device_type, label = place
                found[place] = Price(
                    rule=rule,
                    runtime=runtime,
                    device_type=device_type,
                    label=label,
                    tier=tier.value,
                    worth=round(amount, _DIGITS),
                )
    tiers = [tier.value for tier in problem.tiers]
    return tuple(sorted(found.values(), key=lambda p: (tiers.index(p.tier), -p.worth, p.place)))


def _places(model: LinearModel) -> tuple[list[Place], Ints]:
    """Return the places that rules limit, and the place of each row; -1 where it has none.

    Rows of one rule for one slot, as there are for several priorities, are one place: it is in all
    of them that there is one more.
    """
    positions: dict[Place, int] = {}
    place_of = np.full(len(model.lower), -1, dtype=np.int64)
    names = {rule.name for rule in RULES}
    for block, first in zip(model.blocks, model.start.tolist(), strict=False):
        if block.rule not in names or block.kind not in _KINDS:
            continue
        named = [_place(model.columns.problem, block.rule, block.kind, a) for a in block.about]
        place_of[first : first + len(block)] = [
            positions.setdefault(place, len(positions)) for place in named
        ]
    return list(positions), place_of


def _place(problem: Problem, rule: str, kind: str, about: int) -> Place:
    runtimes, labels = problem.labels["runtime"], problem.labels
    if kind == "runtime":
        return rule, runtimes[about], None, None
    if kind == "quota":
        return rule, runtimes[problem.quota_runtime[about]], None, labels["quota"][about]
    device_type = labels["device_type"][problem.slot_device_type[about]]
    return rule, runtimes[problem.slot_runtime[about]], device_type, None


@dataclass(frozen=True)
class _Part:
    """What a part of the problem says of one tier: its bound, and the price of each place.

    Both count upwards, whether the tier has to be large or small.
    """

    bound: int
    worth: "np.ndarray[tuple[int], np.dtype[np.float64]]"


def _worth(
    plan: Plan, bounds: Bounds, reached: list[Reached], tier: int, place_of: Ints, places: int
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return by how much the bound of a tier rises at most with one more of each place."""
    parts = list(_parts(plan, bounds, reached, tier, place_of, places))
    if not parts:
        return np.zeros(places)
    best = max(part.bound for part in parts)
    return np.asarray(np.max([part.bound + part.worth for part in parts], axis=0) - best)


def _parts(
    plan: Plan, bounds: Bounds, reached: list[Reached], tier: int, place_of: Ints, places: int
) -> Iterator[_Part]:
    """Yield each part of the problem in which the tier is still open."""
    sign = 1 if reached[tier].maximise else -1
    rows = np.flatnonzero(place_of >= 0)
    for leaf, box in leaves(plan.proof):
        if len(leaf.prices) <= tier:
            continue
        price = leaf.prices[tier]
        bound = bounds.in_box(box, price, reached[tier], reached[:tier])
        if bound is not None:
            worth = np.bincount(place_of[rows], weights=sign * price[rows], minlength=places)
            yield _Part(sign * bound, np.maximum(worth, 0.0))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What needs no solving: the proof of a plan that also proves that a change brings nothing.

Prices prove a bound whatever the limits are, so those of a plan can be tried on the problem with a
change. Where the bound of every tier is still what the plan reaches, the plan is still the best.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.plan import Plan
from planner.plan.bound import Bounds, model_of
from planner.plan.proof import Leaf, Prices, Proof, Split
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import GOALS, Rows
from planner.rules.model import LinearModel, Reached

# What may differ between the problems: how much the slots admit, and how long runs wait there.
_ROOM = (
    "ceiling_",
    "deadline_",
    "step_",
    "total_",
    "share_",
    "hours_",
    "quota_",
    "resource_",
)

# What a row is: its rule, what kind of thing it is about, which one, and which row of these.
_Meaning = tuple[str, str, int, int]


@dataclass(frozen=True)
class Certainty:
    """A plan for `problem`, and what its proof says of the same problem with more room."""

    problem: Problem
    plan: Plan

    def still_best(self, changed: Problem) -> bool:
        """Tell whether the proof shows that no plan for `changed` is better in any tier.

        False means only that it does not show it.
        """
        return self._bounds(changed) == [tier.value for tier in self.plan.tiers]

    def gains_nothing(self, changed: Problem) -> bool:
        """Tell whether the proof shows that no plan for `changed` is better in the first tier."""
        bounds = self._bounds(changed)
        return bool(bounds) and bounds[0] == self.plan.tiers[0].value

    def _bounds(self, changed: Problem) -> list[int]:
        """Return what the proof bounds each tier of `changed` by; nothing if it does not fit."""
        if not self._same_but_for_room(changed):
            return []
        model = model_of(changed, self.plan)
        rows = [self._rows.get(meaning, -1) for meaning in _meanings(model)]
        values = [tier.value for tier in self.plan.tiers]
        reached = [
            Reached(GOALS[tier].costs(model.columns), GOALS[tier].maximise, value)
            for tier, value in zip(changed.tiers, values, strict=True)
        ]
        try:
            proof = self._moved(self.plan.proof, np.array(rows, dtype=np.int64))
            return Bounds(model).each(proof, reached)
        except ValueError:
            return []

    def _same_but_for_room(self, changed: Problem) -> bool:
        """Tell whether `changed` asks for the same, with the same candidates."""
        return self.problem.labels == changed.labels and all(
            np.array_equal(getattr(self.problem, name), getattr(changed, name))
            for name in Problem.columns()
            if not name.startswith(_ROOM)
        )

    @cached_property
    def _model(self) -> LinearModel:
        return model_of(self.problem, self.plan)

    @cached_property
    def _rows(self) -> dict[_Meaning, int]:
        return {meaning: row for row, meaning in enumerate(_meanings(self._model))}

    def _moved(self, proof: Proof, rows: Ints) -> Proof:
        """Return `proof` over other rows; `rows` says which row each was, -1 where it is new.

        Raises:
            ValueError: if it splits waiting steps, which are others now.
        """
        if isinstance(proof, Split):
            if max(proof.columns) >= self._model.columns.step_at:
                raise ValueError("the waiting steps are others")
            below, above = self._moved(proof.below, rows), self._moved(proof.above, rows)
            return replace(proof, below=below, above=above)
        return Leaf(tuple(self._priced(prices, rows) for prices in proof.prices))

    def _priced(self, prices: Prices, rows: Ints) -> Prices:
        known = np.where(rows >= 0, prices[np.maximum(rows, 0)], 0.0)
        return np.concatenate((known, prices[len(self._model.lower) :]))


def _meanings(model: LinearModel) -> list[_Meaning]:
    """Return what each row of the model is."""
    found = []
    nth: dict[tuple[str, str, int], int] = {}
    for block in model.blocks:
        levels = _levels(block, model.columns.problem)
        for row, about in enumerate(block.about.tolist()):
            key = (block.rule, block.kind, about)
            nth[key] = nth.get(key, -1) + 1
            found.append((*key, nth[key] if levels is None else int(levels[row])))
    return found


def _levels(block: Rows, problem: Problem) -> Ints | None:
    """Return the level of each row of a nested limit, in the order of the problem's columns."""
    levels = {"slot_ceiling": problem.ceiling_priority, "deadline": problem.deadline_slack}
    found = levels.get(block.rule)
    return found if found is not None and len(found) == len(block) else None

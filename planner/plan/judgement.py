# SPDX-License-Identifier: LGPL-2.1-or-later
"""Judges each candidate of one run against the place that the run got, tier by tier."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from models import (
    Assignment,
    Judgement,
    Mode,
    Obstacle,
    Option,
    PlannerError,
    Price,
    RequestOptions,
    Tier,
    VariantAttribute,
    Verdict,
)
from planner.plan.takers import OF_RUNTIME, Takers
from planner.rules import GOALS


@dataclass(frozen=True)
class Case:
    """One run: what its request could have had, where it went, and where its siblings went.

    `index` is the run's in its request, and `assignment` None where it is not placed; `siblings`
    are the other placed runs of the request; `tiers` are those of the plan, in their order;
    `prices` what more room is worth.
    """

    request: RequestOptions
    index: int
    assignment: Assignment | None
    siblings: Sequence[Assignment]
    takers: Takers
    tiers: Sequence[Tier]
    prices: Sequence[Price] = ()

    def judgements(self) -> tuple[Judgement, ...]:
        """Return each candidate of the run and what became of it, in the request's order."""
        return tuple(self._judge(option) for option in self.request.options)

    def _judge(self, option: Option) -> Judgement:
        adds = self._adds(option)
        verdict, tier = self._verdict(option, adds)
        obstacle = self._obstacle(option) if verdict is Verdict.NO_ROOM else None
        here = self.assignment
        wait = here.start_s if here and self._shares_slot(option) else option.wait_s
        return Judgement(
            runtime=option.runtime,
            platform=option.platform,
            device_type=option.device_type,
            wait_s=wait,
            duration_s=option.duration_s,
            completion_s=wait + option.duration_s,
            cost=option.cost,
            adds={str(name): amount for name, amount in adds.items()},
            repeats=self._repeats(option),
            verdict=verdict,
            tier=tier,
            obstacle=obstacle,
            basis=option.basis,
            stale_days=option.stale_days,
            takers=self.takers.of(option.runtime, option.device_type, obstacle) if obstacle else (),
            price=self._price(option, obstacle) if obstacle else None,
        )

    def _price(self, option: Option, obstacle: Obstacle) -> Price | None:
        """Return what one more place would be worth where `obstacle` is."""
        device_type = None if obstacle.rule in OF_RUNTIME else option.device_type
        wanted = (obstacle.rule, option.runtime, device_type, obstacle.label)
        return next(
            (p for p in self.prices if (p.rule, p.runtime, p.device_type, p.label) == wanted), None
        )

    def _verdict(self, option: Option, adds: dict[Tier, int]) -> tuple[Verdict, Tier | None]:
        """Return what became of `option`, and the tier that decided against (or for) it."""
        if option is self._chosen:
            return Verdict.CHOSEN, None
        if self.index in option.barred:
            return Verdict.PINNED, None
        if self.request.mode is Mode.STRICT and self._repeats(option):
            return Verdict.REPEATED, None
        if self._obstacle(option) is not None:
            return Verdict.NO_ROOM, None
        if self._chosen is None:
            return Verdict.FREE, None
        here = self._chosen_adds
        for tier in self.tiers:
            if adds[tier] != here[tier]:
                better = (adds[tier] > here[tier]) == GOALS[tier].maximise
                return (Verdict.BETTER if better else Verdict.WORSE), tier
        return Verdict.EQUAL, None

    @cached_property
    def _chosen(self) -> Option | None:
        return self._option_of(self.assignment) if self.assignment else None

    @cached_property
    def _chosen_adds(self) -> dict[Tier, int]:
        return self._adds(self._chosen) if self._chosen else {}

    def _option_of(self, one: Assignment) -> Option:
        place = (one.runtime, one.platform, one.device_type, one.context)
        for option in self.request.options:
            if (option.runtime, option.platform, option.device_type, option.context) == place:
                return option
        raise PlannerError(f"run {one.run} is placed on {one.platform}, which is no option of it")

    def _shares_slot(self, option: Option) -> bool:
        here = self._chosen
        return here is not None and (option.runtime, option.device_type, option.context) == (
            here.runtime,
            here.device_type,
            here.context,
        )

    def _obstacle(self, option: Option) -> Obstacle | None:
        """Return why there is no room for the run there, once it has left its own place."""
        if option.obstacle is None:
            return None
        obstacles = (option.obstacle, *option.further)
        return next((o for o in obstacles if not self._leaves(option, o)), None)

    def _leaves(self, option: Option, obstacle: Obstacle) -> bool:
        """Tell whether the run makes room under a limit by leaving its own place."""
        here = self._chosen
        if here is None:
            return False
        if obstacle.rule == "resources":
            gives = {"runs": 1, "cpu": here.cpu, "memory": here.memory}[obstacle.label or "runs"]
            shared = (here.runtime, here.context) == (option.runtime, obstacle.context)
            return shared and obstacle.left + gives >= obstacle.need
        if obstacle.rule in OF_RUNTIME:
            return option.runtime == here.runtime
        return self._shares_slot(option)

    def _adds(self, option: Option) -> dict[Tier, int]:
        """Return by how much each tier of the plan would grow with the run there."""
        # With one run less on its own slot, whoever is served last there would not wait.
        wait = (
            self.takers.last_wait(option.runtime, option.device_type)
            if self._shares_slot(option)
            else option.wait_s
        )
        permissive = self.request.mode is Mode.PERMISSIVE
        amounts = {
            Tier.VALUE: self.request.value,
            Tier.DIVERSITY: len(self._repeats(option)) if permissive else 0,
            Tier.STALENESS: self._freshens(option),
            Tier.COMPLETION: wait + option.duration_s,
            Tier.COST: option.cost,
            Tier.STABILITY: int(self.index in option.last),
        }
        return {tier: amounts[tier] for tier in self.tiers}

    def _freshens(self, option: Option) -> int:
        """Return the days of staleness that only a run there would end."""
        here = self._chosen
        mine = here is not None and here.device_type == option.device_type
        return 0 if option.stale_runs > mine else option.stale_days

    def _repeats(self, option: Option) -> tuple[VariantAttribute, ...]:
        return tuple(
            attribute
            for attribute, value, taken in zip(
                self.request.variant, option.values, self._taken, strict=True
            )
            if value in taken
        )

    @cached_property
    def _taken(self) -> tuple[set[str], ...]:
        """Return the values that the request's other runs have, by variant attribute."""
        others = [self._option_of(sibling).values for sibling in self.siblings]
        return tuple(
            {*earlier, *(values[position] for values in others)}
            for position, earlier in enumerate(self.request.earlier)
        )

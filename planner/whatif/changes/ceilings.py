# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of what labs admit: the ceiling of a slot, the total of a runtime."""

from dataclasses import dataclass, replace

import numpy as np

from planner.problem import UNLIMITED, Problem
from planner.rules import slot_name
from planner.whatif.changes.amounts import Amount
from planner.whatif.scenario import Scenario, impossible, unknown

HIGHEST_PRIORITY = 100


@dataclass(frozen=True)
class SlotCeiling:
    """How many runs a slot admits, by so many more at every priority."""

    runtime: str
    device_type: str
    amount: Amount

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario with that ceiling."""
        return scenario.adjusted(self)

    def adjusted(self, problem: Problem) -> Problem:
        """Return the problem with that ceiling.

        Raises:
            PlannerError: if no run could go to such a slot, or nothing limits it.
        """
        name = f"{self.runtime}/{self.device_type}"
        slots = {slot_name(problem, slot): slot for slot in range(problem.slots)}
        if name not in slots:
            raise unknown("slot", name, slots)
        here = problem.ceiling_slot == slots[name]
        if self.amount.sign == "=":
            one = np.array([slots[name], HIGHEST_PRIORITY, self.amount.number], dtype=np.int64)
            slot, priority, limit = (
                np.append(column[~here], value)
                for column, value in zip(_ceilings(problem), one, strict=True)
            )
            return replace(
                problem, ceiling_slot=slot, ceiling_priority=priority, ceiling_limit=limit
            )
        if not here.any():
            raise impossible(f"nothing limits how many runs {name} admits")
        changed = problem.ceiling_limit.copy()
        changed[here] = [
            min(UNLIMITED, self.amount.of(f"the ceiling of {name}", limit))
            for limit in changed[here].tolist()
        ]
        return replace(problem, ceiling_limit=changed)

    def __str__(self) -> str:
        return f"ceiling={self.runtime}/{self.device_type}:{self.amount}"


def _ceilings(problem: Problem) -> tuple[np.ndarray, ...]:
    return problem.ceiling_slot, problem.ceiling_priority, problem.ceiling_limit


@dataclass(frozen=True)
class RuntimeTotal:
    """How many runs a runtime admits over all its slots."""

    runtime: str
    amount: Amount

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario with that total."""
        if self.runtime not in scenario.catalog.runtimes:
            raise unknown("runtime", self.runtime, scenario.catalog.runtimes)
        return scenario.adjusted(self)

    def adjusted(self, problem: Problem) -> Problem:
        """Return the problem with that total.

        Raises:
            PlannerError: if no run could go there, or nothing limits it.
        """
        runtimes = problem.labels["runtime"]
        if self.runtime not in runtimes:
            raise impossible(f"no run of this batch could go to {self.runtime}")
        code = runtimes.index(self.runtime)
        here = problem.total_runtime == code
        if self.amount.sign == "=":
            return replace(
                problem,
                total_runtime=np.append(problem.total_runtime[~here], code),
                total_limit=np.append(problem.total_limit[~here], self.amount.number),
            )
        if not here.any():
            raise impossible(f"nothing limits how many runs {self.runtime} takes in all")
        limit = int(problem.total_limit[here][0])
        changed = problem.total_limit.copy()
        changed[here] = min(UNLIMITED, self.amount.of(f"the total of {self.runtime}", limit))
        return replace(problem, total_limit=changed)

    def __str__(self) -> str:
        return f"ceiling={self.runtime}:{self.amount}"

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The single changes that could place a request, with their declared costs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models import ChangeCosts, Mode, Request
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.whatif.changes.amounts import Amount
from planner.whatif.changes.capacity import Devices, Slots
from planner.whatif.changes.ceilings import RuntimeTotal, SlotCeiling
from planner.whatif.changes.contracts import NoContract, has_contract
from planner.whatif.changes.wishes import Number, UseMode
from planner.whatif.scenario import Change, Scenario

MOST_RAISED = 10  # by how many runs a ceiling or a number of slots is raised at most
MOST_DEVICES = 3
UNLISTED = 1000  # how far away a type of device is that the lab does not list

Slot = tuple[str, str]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Priced:
    """A change, what it costs, and how far from the request's own places it is made."""

    cost: int
    distance: int
    change: Change

    @property
    def order(self) -> tuple[int, int, str]:
        """Return what sorts cheap changes before dear ones, near ones before far ones."""
        return self.cost, self.distance, str(self.change)


def single_changes(scenario: Scenario, request: Request) -> list[Priced]:
    """Return the changes to try for `request`, the cheapest first.

    Room is made where the request may go, and wherever runs that stand in its way may go instead,
    and so on: a run may get a place because another one moves.
    """
    costs = scenario.catalog.planner.changes
    if request.error is not None:
        return sorted(_of_the_request(request, costs), key=lambda priced: priced.order)
    near = _distances(scenario, request)
    found = [
        *_of_the_request(request, costs),
        *_ceilings(scenario.problem, near, costs),
        *_devices(scenario, near, costs),
        *_runtimes(scenario, near, costs),
    ]
    return sorted(found, key=lambda priced: priced.order)


def _of_the_request(request: Request, costs: ChangeCosts) -> Iterator[Priced]:
    if request.runs.mode is not Mode.STRICT or not request.runs.variant:
        return
    yield Priced(costs.permissive, 0, UseMode(request.key, Mode.PERMISSIVE))
    number = request.runs.number
    for fewer in range(1, number - len(request.sent)):
        yield Priced(fewer * costs.number, 0, Number(request.key, number - fewer))


def _ceilings(problem: Problem, near: dict[Slot, int], costs: ChangeCosts) -> Iterator[Priced]:
    limited = set(problem.ceiling_slot.tolist())
    for slot, name in enumerate(_names(problem)):
        if name in near and slot in limited:
            for more in range(1, MOST_RAISED + 1):
                change = SlotCeiling(*name, Amount("+", more))
                yield Priced(more * costs.ceiling, near[name], change)


def _devices(scenario: Scenario, near: dict[Slot, int], costs: ChangeCosts) -> Iterator[Priced]:
    for (runtime, device_type), distance in near.items():
        capacity = scenario.capacity.runtimes.get(runtime)
        if capacity is None or not capacity.known or capacity.devices is None:
            continue
        away = distance if device_type in capacity.devices else distance + UNLISTED
        for more in range(1, MOST_DEVICES + 1):
            change = Devices(runtime, device_type, Amount("+", more))
            yield Priced(more * costs.device, away, change)


def _runtimes(scenario: Scenario, near: dict[Slot, int], costs: ChangeCosts) -> Iterator[Priced]:
    runtimes: dict[str, int] = {}
    for (runtime, _), distance in near.items():
        runtimes[runtime] = min(distance, runtimes.get(runtime, distance))
    problem = scenario.problem
    limited = {problem.labels["runtime"][code] for code in problem.total_runtime.tolist()}
    for runtime, distance in runtimes.items():
        capacity = scenario.capacity.runtimes.get(runtime)
        slots = capacity is not None and capacity.known and capacity.slots is not None
        for more in range(1, MOST_RAISED + 1):
            amount = Amount("+", more)
            if slots:
                yield Priced(more * costs.slot, distance, Slots(runtime, amount))
            if runtime in limited:
                yield Priced(more * costs.total, distance, RuntimeTotal(runtime, amount))
        if has_contract(scenario, runtime):
            yield Priced(costs.contract, distance, NoContract(runtime))


def _names(problem: Problem) -> list[Slot]:
    runtimes, device_types = problem.labels["runtime"], problem.labels["device_type"]
    return [
        (runtimes[runtime], device_types[device_type])
        for runtime, device_type in zip(
            problem.slot_runtime.tolist(), problem.slot_device_type.tolist(), strict=True
        )
    ]


def _distances(scenario: Scenario, request: Request) -> dict[Slot, int]:
    """Return the slots where room could help, with how many runs would have to move for it."""
    problem = scenario.problem
    names = _names(problem)
    own = {(place.runtime, place.device_type) for place in request.candidates}
    found = dict.fromkeys(sorted(own), 0)
    reached = np.array([name in own for name in names], dtype=bool)
    distance = 0
    while True:
        further = _next(problem, scenario.plan.choice, reached)
        if (further == reached).all():
            return found
        distance += 1
        for slot in np.flatnonzero(further & ~reached).tolist():
            found.setdefault(names[slot], distance)
        reached = further


def _next(problem: Problem, choice: Ints, reached: Flags) -> Flags:
    """Return the slots of the runtimes that are reached, and where runs placed there could go."""
    runtimes = np.isin(problem.slot_runtime, problem.slot_runtime[reached])
    placed = np.flatnonzero(choice >= 0)
    here = placed[runtimes[problem.candidate_slot[choice[placed]]]]
    menus = problem.request_menu[problem.run_request[here]]
    further = runtimes.copy()
    further[problem.candidate_slot[np.isin(problem.candidate_menu, menus)]] = True
    return further

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of what labs have: a lab offline, more or fewer devices."""

from dataclasses import dataclass, replace

from models import DeviceCapacity, RuntimeCapacity, UnknownCapacity
from planner.whatif.changes.amounts import Amount
from planner.whatif.scenario import Scenario, impossible, unknown


def _capacity(scenario: Scenario, runtime: str) -> RuntimeCapacity:
    """Return what is known of a runtime's capacity.

    Raises:
        PlannerError: if there is no such runtime.
    """
    if runtime not in scenario.catalog.runtimes:
        raise unknown("runtime", runtime, scenario.catalog.runtimes)
    known = scenario.capacity.runtimes.get(runtime)
    return known or RuntimeCapacity(runtime=runtime, known=False)


def _with(scenario: Scenario, capacity: RuntimeCapacity) -> Scenario:
    runtimes = {**scenario.capacity.runtimes, capacity.runtime: capacity}
    return replace(scenario, capacity=scenario.capacity.model_copy(update={"runtimes": runtimes}))


@dataclass(frozen=True)
class Offline:
    """A lab of which nothing is online."""

    runtime: str

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario without any device or slot in the lab."""
        capacity = _capacity(scenario, self.runtime)
        devices = capacity.devices or {}
        nothing = {name: known.model_copy(update={"devices": 0}) for name, known in devices.items()}
        update = {
            "unknown": UnknownCapacity.CLOSED,
            "devices": None if capacity.devices is None else nothing,
            "slots": 0,
        }
        return _with(scenario, capacity.model_copy(update=update))

    def __str__(self) -> str:
        return f"lab={self.runtime}:offline"


@dataclass(frozen=True)
class Devices:
    """More or fewer devices of one type in one lab."""

    runtime: str
    device_type: str
    amount: Amount

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario with that many devices."""
        capacity = _capacity(scenario, self.runtime)
        if capacity.known and capacity.devices is None:
            text = f"{self.runtime} has no device types of its own; say slots={self.runtime}:+1"
            raise impossible(text)
        if not capacity.known or capacity.devices is None:
            text = f"the capacity of {self.runtime} is unknown, so there is nothing to change"
            raise impossible(text)
        wanted = {
            place.device_type
            for request in scenario.requests
            for place in request.candidates
            if place.runtime == self.runtime
        }
        if self.device_type not in {*capacity.devices, *wanted}:
            what = f"device type in {self.runtime} called"
            raise unknown(what, self.device_type, capacity.devices)
        now = capacity.devices.get(self.device_type, DeviceCapacity(devices=0))
        what = f"the number of {self.device_type} in {self.runtime}"
        changed = now.model_copy(update={"devices": self.amount.of(what, now.devices)})
        devices = {**capacity.devices, self.device_type: changed}
        return _with(scenario, capacity.model_copy(update={"devices": devices}))

    def __str__(self) -> str:
        return f"devices={self.runtime}/{self.device_type}:{self.amount}"


@dataclass(frozen=True)
class Slots:
    """More or fewer jobs at a time in a runtime as a whole."""

    runtime: str
    amount: Amount

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario with that many slots."""
        capacity = _capacity(scenario, self.runtime)
        if not capacity.known or capacity.slots is None:
            raise impossible(f"{self.runtime} does not say how many jobs it runs at a time")
        slots = self.amount.of(f"the number of slots of {self.runtime}", capacity.slots)
        return _with(scenario, capacity.model_copy(update={"slots": slots}))

    def __str__(self) -> str:
        return f"slots={self.runtime}:{self.amount}"

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pins of operators: one more, or those of a request set aside."""

from dataclasses import dataclass, replace

from models import Pin, RequestPin
from planner.whatif.changes.wishes import meant
from planner.whatif.scenario import Scenario, impossible, unknown


@dataclass(frozen=True)
class Pinned:
    """A request (or all of a job), or a single run, that may go to one place alone.

    `place` is None where what operators said of it is set aside.
    """

    name: str
    place: Pin | None

    def apply(self, scenario: Scenario) -> Scenario:
        """Return the scenario with that pin."""
        keys, run = _named(scenario, self.name)
        planner = scenario.catalog.planner
        if self.place is None:
            pins = tuple(
                pin
                for pin in planner.pins
                if not (pin.run == run and any(pin.means(key) for key in keys))
            )
            if pins == planner.pins:
                raise unknown("pin of", self.name, {pin.request for pin in planner.pins})
        else:
            runtimes = scenario.catalog.runtimes
            if self.place.runtime is not None and self.place.runtime not in runtimes:
                raise unknown("runtime", self.place.runtime, runtimes)
            said = self.place.model_dump()
            pins = (*planner.pins, *(RequestPin(request=key, run=run, **said) for key in keys))
        planner = planner.model_copy(update={"pins": pins})
        catalog = scenario.catalog.model_copy(update={"planner": planner})
        return replace(scenario, catalog=catalog)

    def __str__(self) -> str:
        if self.place is None:
            return f"pin={self.name}:none"
        return f"pin={self.name}:{self.place.runtime or ''}{_device_type(self.place)}"


def _device_type(place: Pin) -> str:
    return "" if place.device_type is None else f"/{place.device_type}"


def _named(scenario: Scenario, name: str) -> tuple[list[str], int | None]:
    """Return the requests that are meant, and the index if it is one run of a request."""
    request, dash, index = name.rpartition("-")
    keys = {one.key for one in scenario.requests}
    if dash and index.isascii() and index.isdigit() and any(k.startswith(request) for k in keys):
        (key,) = meant(scenario, request)
        number = next(one.runs.number for one in scenario.requests if one.key == key)
        if int(index) >= number:
            raise impossible(f"request {key} has no run {index}; its runs are 0 to {number - 1}")
        return [key], int(index)
    return sorted(meant(scenario, name)), None

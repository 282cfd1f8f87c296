# SPDX-License-Identifier: LGPL-2.1-or-later
"""A scenario: a site, its labs and what is checked out, drawn from a seed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import ceil

from models import Catalog, LabType, Runtime
from planner.simulate.checkouts import Checkout
from planner.simulate.fleet import HOUR, Fleet, LabSpec, Machine
from planner.simulate.recording import Recording
from planner.simulate.service import Service
from planner.simulate.streams import stream
from planner.simulate.wanted import WantedRun, wanted_runs

START = datetime(2026, 6, 1, tzinfo=UTC)  # a Monday; nothing else is special about it
USE = 0.8  # of the time of boards that are drawn
LAVA = (LabType.LAVA, LabType.LAVA_REST, LabType.LAVA_XMLRPC)


@dataclass(frozen=True)
class Scenario:
    """What happens in a simulation, whatever the policy: the same seed, the same scenario.

    Checkouts come in the first `hours`; the simulation goes on until what they asked for ended.
    With a `recording` its events come instead of checkouts and builds.
    """

    catalog: Catalog
    fleet: Fleet
    checkouts: tuple[Checkout, ...]
    hours: float
    seed: int
    recording: Recording | None = None
    # What is wanted by the scenario's own catalog, kept for the same scenario with other labs only.
    _own: dict[str, WantedRun] | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def start(self) -> datetime:
        """Return the calendar's time at the beginning."""
        return self.recording.start if self.recording else START

    def wanted(self, catalog: Catalog) -> dict[str, WantedRun]:
        """Return what is wanted, by a catalog that says the same as the scenario's own."""
        if catalog is not self.catalog:
            return self._wanted(catalog)
        own = self._wanted(catalog) if self._own is None else self._own
        object.__setattr__(self, "_own", own)
        return own

    def _wanted(self, catalog: Catalog) -> dict[str, WantedRun]:
        if self.recording:
            return self.recording.wanted(catalog)
        return wanted_runs(catalog, self.checkouts, Service(catalog, self.seed), START)

    def with_fleet(self, fleet: Fleet) -> "Scenario":
        """Return the scenario with other labs."""
        other = replace(self, fleet=fleet)
        object.__setattr__(other, "_own", self._own)
        return other


def replay(catalog: Catalog, recording: Recording, seed: int, times: float) -> Scenario:
    """Return a recording on labs that are drawn for it, `times` what the site declares."""
    return _equipped(Scenario(catalog, Fleet({}), (), recording.hours, seed, recording), times)


def with_labs(
    catalog: Catalog, checkouts: tuple[Checkout, ...], hours: float, seed: int, times: float = 1.0
) -> Scenario:
    """Return checkouts on the labs of a site: what its configuration declares, `times` so much.

    Where nothing is declared, there are as many boards of each device type as the checkouts would
    keep busy four hours in five, give or take: some will be scarce.
    """
    return _equipped(Scenario(catalog, Fleet({}), checkouts, hours, seed), times)


def _equipped(bare: Scenario, times: float) -> Scenario:
    return bare.with_fleet(_fleet(bare, times))


def _fleet(bare: Scenario, times: float) -> Fleet:
    catalog, seed = bare.catalog, bare.seed
    work = _work(bare.wanted(catalog).values(), Service(catalog, seed))
    labs = {}
    for name, runtime in catalog.runtimes.items():
        here = {d: seconds for (lab, d), seconds in sorted(work.items()) if lab == name}
        labs[name] = _spec(catalog, runtime, here, bare.hours, seed, times)
    return Fleet(labs)


def _spec(
    catalog: Catalog,
    runtime: Runtime,
    work: Mapping[str, float],
    hours: float,
    seed: int,
    times: float,
) -> LabSpec:
    declared = catalog.planner.capacity.get(runtime.name)
    needed = {
        kind: max(1, round(seconds / (USE * hours * HOUR) * _luck(seed, runtime, kind)))
        for kind, seconds in work.items()
    }
    if runtime.lab_type in LAVA:
        devices = (declared.devices if declared else None) or {}
        scaled = {d: ceil(n * times) for d, n in devices.items()}
        return LabSpec(runtime.name, devices=scaled or needed)
    slots = ceil((declared.slots if declared and declared.slots else 0) * times)
    slots = slots or 2 * sum(needed.values(), 1)
    if runtime.lab_type is not LabType.KUBERNETES:
        return LabSpec(runtime.name, slots=slots, risk=0.01)
    contexts = runtime.contexts or ("default",)
    each = ceil(slots / len(contexts) / 2)  # two builds fit on a node
    machines = {context: (Machine(16, 64),) * each for context in contexts}
    return LabSpec(runtime.name, machines=machines, risk=0.01)


def _luck(seed: int, runtime: Runtime, device_type: str) -> float:
    return float(stream(seed, "boards", runtime.name, device_type).lognormal(0.0, 0.5))


def _work(wanted: Iterable[WantedRun], service: Service) -> dict[tuple[str, str], float]:
    """Return the seconds that are wanted of each (runtime, device type), evenly spread."""
    work: dict[tuple[str, str], float] = {}
    for one in wanted:
        places = one.request.candidates
        for place in places:
            seconds = service.usual(one.request.job, place.platform, place.runtime) / len(places)
            key = (place.runtime, place.device_type)
            work[key] = work.get(key, 0.0) + seconds
    return work


def lava_labs(scenario: Scenario) -> list[str]:
    """Return the LAVA labs by how many boards they have, most first."""
    runtimes, labs = scenario.catalog.runtimes, scenario.fleet.labs
    names = [name for name in labs if runtimes[name].lab_type in LAVA]
    return sorted(names, key=lambda name: (-sum(labs[name].devices.values()), name))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds may go to a second cluster, which is cheap and takes its nodes away at times."""

from collections.abc import Iterable
from dataclasses import replace

from models import Catalog, Entry, LabType
from planner.simulate.fleet import LabSpec
from planner.simulate.scenario import Scenario
from planner.simulate.workloads import day

SUMMARY = "builds may go to a second cluster at a third of the price that loses one run in twelve"
CHEAP, RISK, PRICE = "-spot", 1 / 12, 1 / 3


def draw(catalog: Catalog, seed: int, times: float) -> Scenario:
    """Return an ordinary day with a cheap twin of each Kubernetes runtime."""
    calm = day.draw(catalog, seed, times)
    clusters = [
        name
        for name, runtime in calm.catalog.runtimes.items()
        if runtime.lab_type is LabType.KUBERNETES
    ]
    twins = {name: name + CHEAP for name in clusters}
    fleet = calm.fleet.having(*(_twin(calm.fleet.labs[name]) for name in clusters))
    return replace(calm, catalog=_with_twins(calm.catalog, twins), fleet=fleet)


def _twin(spec: LabSpec) -> LabSpec:
    return replace(spec, runtime=spec.runtime + CHEAP, risk=RISK)


def _with_twins(catalog: Catalog, twins: dict[str, str]) -> Catalog:
    runtimes = dict(catalog.runtimes)
    estimates = catalog.planner.estimates
    rates = dict(estimates.defaults.rates)
    for name, twin in twins.items():
        runtimes[twin] = runtimes[name].model_copy(update={"name": twin})
        rate = rates.get(name, rates.get(runtimes[name].lab_type.value, 0))
        rates[twin] = round(rate * PRICE)
    defaults = estimates.defaults.model_copy(update={"rates": rates})
    planner = catalog.planner.model_copy(
        update={"estimates": estimates.model_copy(update={"defaults": defaults})}
    )
    entries = tuple(_opened(catalog.entries, twins))
    return catalog.model_copy(update={"runtimes": runtimes, "planner": planner, "entries": entries})


def _opened(entries: Iterable[Entry], twins: dict[str, str]) -> Iterable[Entry]:
    """Yield entries that may go to the twin of each cluster that they name."""
    for entry in entries:
        more = tuple(twins[name] for name in entry.runtime_names if name in twins)
        names = (*entry.runtime_names, *more)
        yield entry.model_copy(update={"runtime_names": names}) if more else entry

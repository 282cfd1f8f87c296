# SPDX-License-Identifier: LGPL-2.1-or-later
"""Workloads: what happens to a site in a day. Each is a file here, named as it is, and that is all.

A file has a `SUMMARY` and `draw(catalog, seed, times)`.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from models import Catalog, PlannerError
from planner.simulate.scenario import Scenario


class Workload(NamedTuple):
    """A workload: `draw(catalog, seed, times)` gives a scenario `times` as large as the site."""

    name: str
    summary: str
    draw: Callable[[Catalog, int, float], Scenario]


def _found() -> Iterator[Workload]:
    for module in iter_modules(__path__):
        file = import_module(f"{__name__}.{module.name}")
        yield Workload(module.name.replace("_", "-"), file.SUMMARY, file.draw)


WORKLOADS: tuple[Workload, ...] = tuple(_found())


def find_workload(name: str) -> Workload:
    """Return the workload of that name.

    Raises:
        PlannerError: if there is none; the text lists those that there are.
    """
    for workload in WORKLOADS:
        if workload.name == name:
            return workload
    known = ", ".join(workload.name for workload in WORKLOADS)
    raise PlannerError(f"there is no workload {name!r}; there are: {known}")

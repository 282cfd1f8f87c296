# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signatures (job, platform, runtime), their relatives, and the groups that they are in."""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

import numpy as np

from models import Catalog, Names
from planner.estimates.past import Past
from planner.estimates.quantiles import Floats, Ints

Item = TypeVar("Item", bound=Hashable)


class Signature(NamedTuple):
    """What runs are compared by: a job, a platform and a runtime, by their names."""

    job: str
    platform: str
    runtime: str


class Relatives:
    """Numbers for all names of a catalog and a past, and for what they have in common.

    A platform is related to others by `arch` and `mach`, a job by its template and its kind. What
    the catalog no longer has is related to nothing, but for the kind that its runs had.
    """

    def __init__(self, catalog: Catalog, past: Past) -> None:
        self._jobs = numbered((*catalog.jobs, *past.job.different))
        self._platforms = numbered((*catalog.platforms, *past.platform.different))
        self._runtimes = numbered((*catalog.runtimes, *past.runtime.different))
        last = np.zeros(len(past.job.different), dtype=np.int64)
        last[past.job.at] = np.arange(len(past))
        kinds = dict(zip(past.job.different, past.kind.where(last), strict=True))
        kinds |= {name: job.kind for name, job in catalog.jobs.items()}
        families = {name: (kinds[name], name) for name in self._jobs}
        families |= {
            name: (job.kind, f"template {job.template}")
            for name, job in catalog.jobs.items()
            if job.template
        }
        self._kind = _classes(kinds[name] for name in self._jobs)
        self._family = _classes(families[name] for name in self._jobs)
        known = [catalog.platforms.get(name) for name in self._platforms]
        alone = range(len(known))
        self._arch = _classes(p.arch if p else at for p, at in zip(known, alone, strict=True))
        self._mach = _classes(
            (p.arch, p.mach) if p else at for p, at in zip(known, alone, strict=True)
        )

    def numbers(
        self, jobs: Iterable[str], platforms: Iterable[str], runtimes: Iterable[str]
    ) -> tuple[Ints, Ints, Ints]:
        """Return the numbers of these names."""
        return (
            _numbers(jobs, self._jobs),
            _numbers(platforms, self._platforms),
            _numbers(runtimes, self._runtimes),
        )

    def of_runtimes(self, values: Floats) -> dict[str, float]:
        """Return the names of the runtimes with these values, in the order of their numbers."""
        return dict(zip(self._runtimes, values.tolist(), strict=False))

    def by_job(self, job: Ints, platform: Ints, runtime: Ints) -> tuple[Ints, ...]:
        """Return the group of each signature, rung by rung from the kind to the signature."""
        width = len(self._platforms)
        here = job * width + platform
        return (
            self._kind[job],
            self._family[job],
            job,
            job * width + self._arch[platform],
            job * width + self._mach[platform],
            here,
            here * len(self._runtimes) + runtime,
        )

    def by_place(self, job: Ints, platform: Ints, runtime: Ints) -> tuple[Ints, ...]:
        """Return the group of each signature, from all there are to the signature."""
        there = runtime * len(self._platforms) + platform
        return (np.zeros_like(job), runtime, there, there * len(self._jobs) + job)


def numbered(names: Iterable[Item]) -> dict[Item, int]:
    """Return the different names, numbered from 0 in the order in which they come."""
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _numbers(names: Iterable[str], known: Mapping[str, int]) -> Ints:
    if isinstance(names, Names):
        return names.numbers(known.__getitem__)
    return np.fromiter(map(known.__getitem__, names), dtype=np.int64)


def _classes(values: Iterable[Hashable]) -> Ints:
    listed = list(values)
    number = numbered(listed)
    return np.array([number[value] for value in listed], dtype=np.int64)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an entry asks for before any event: its requests-to-be and where each may go."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from models import (
    Catalog,
    Entry,
    Job,
    Place,
    Platform,
    Reason,
    ReasonCode,
    Rejection,
    Runs,
    Runtime,
)
from planner.config import matches


@dataclass(frozen=True)
class Target:
    """A runtime and a platform of the catalog, and the place that they are."""

    runtime: Runtime
    platform: Platform
    place: Place


@dataclass(frozen=True)
class Wish:
    """One request that an entry makes of each event that triggers it.

    `pin` is the place that tells it from the entry's other requests, empty where there is only
    one. `rejections` are the places that the configuration itself rules out; `error` says what
    keeps the whole wish from being served.
    """

    entry: Entry
    job: Job | None
    runs: Runs
    pin: str
    targets: tuple[Target, ...]
    rejections: tuple[Rejection, ...] = ()
    error: Reason | None = None


def wishes_of(entry: Entry, catalog: Catalog) -> tuple[Wish, ...]:
    """Return what `entry` asks for: with platforms listed and no `runs`, one run on each."""
    job = catalog.jobs.get(entry.job)
    if job is None:
        text = f"{_where(entry, 'job')}: job '{entry.job}' is not defined"
        error = Reason.of(ReasonCode.UNKNOWN_JOB, text)
        return (Wish(entry, None, entry.runs or Runs(), _labs(entry), (), error=error),)
    sites = _Sites(entry, job, catalog)
    names = _listed(entry, catalog)
    if entry.runs is None and names:
        return tuple(sites.wish((name,), f"{_labs(entry)}/{name}") for name in names)
    open_ = entry.runs is not None or entry.criteria is not None
    return (sites.wish(names, "" if open_ else _only_place(entry, catalog)),)


def _listed(entry: Entry, catalog: Catalog) -> tuple[str, ...] | None:
    """Return the platforms that an entry lists, narrowed by its criteria; None if it lists none.

    A name that is not defined stays, so that it is said to be unknown and not to be unfit.
    """
    if not entry.platforms:
        return None
    criteria = entry.criteria or {}
    return tuple(
        name
        for name in dict.fromkeys(entry.platforms)
        if name not in catalog.platforms or matches(catalog.platforms[name], criteria)
    )


class _Sites:
    """The places of one entry, in its runtimes."""

    def __init__(self, entry: Entry, job: Job, catalog: Catalog) -> None:
        self._entry, self._job, self._catalog = entry, job, catalog

    def wish(self, names: tuple[str, ...] | None, pin: str) -> Wish:
        """Return the wish for the platforms of these names (None: all that the entry means)."""
        entry, catalog = self._entry, self._catalog
        targets: list[Target] = []
        rejections: list[Rejection] = []
        for turn, lab in enumerate(self._labs()):
            runtime = catalog.runtimes.get(lab)
            for name in self._platforms(names, runtime):
                platform = catalog.platforms.get(name) if name else None
                if runtime is not None and platform is not None:
                    device_type = catalog.device_type(self._job, platform)
                    place = Place(
                        runtime=lab,
                        platform=platform.name,
                        device_type=device_type,
                        after_s=turn * (entry.runtime_after or 0),
                    )
                    targets.append(Target(runtime, platform, place))
                else:
                    reason = self._unknown(lab, None if runtime is None else name)
                    rejections.append(Rejection(runtime=lab, platform=name, reason=reason))
        error = None if targets or rejections else self._nowhere()
        runs = entry.runs or Runs()
        return Wish(entry, self._job, runs, pin, tuple(targets), tuple(rejections), error)

    def _labs(self) -> Iterable[str]:
        """Return the names of the entry's runtimes, defined or not."""
        if self._entry.runtime_names:
            return dict.fromkeys(self._entry.runtime_names)
        wanted = self._entry.runtime_type
        return [r.name for r in self._catalog.runtimes.values() if r.lab_type == wanted]

    def _platforms(
        self, names: tuple[str, ...] | None, runtime: Runtime | None
    ) -> Iterable[str | None]:
        if names is not None:
            return names
        if self._entry.criteria is not None:
            return self._meant
        return (None if runtime is None else str(runtime.lab_type),)

    @cached_property
    def _meant(self) -> tuple[str, ...]:
        """The platforms that meet the entry's criteria; many, and the same in each runtime."""
        criteria = self._entry.criteria or {}
        return tuple(p.name for p in self._catalog.platforms.values() if matches(p, criteria))

    def _unknown(self, runtime: str, platform: str | None) -> Reason:
        if platform is None:
            text = f"{_where(self._entry, 'runtime')}: runtime '{runtime}' is not defined"
            return Reason.of(ReasonCode.UNKNOWN_RUNTIME, text)
        text = f"{self._entry.where}: platform '{platform}' is not defined"
        return Reason.of(ReasonCode.UNKNOWN_PLATFORM, text)

    def _nowhere(self) -> Reason:
        entry = self._entry
        if not self._labs():
            text = f"{_where(entry, 'runtime')}: no runtime is of type '{entry.runtime_type}'"
            return Reason.of(ReasonCode.UNKNOWN_RUNTIME, text)
        text = f"{_where(entry, 'criteria')}: the criteria match no platform"
        return Reason.of(ReasonCode.NO_MATCHING_PLATFORM, text)


def _labs(entry: Entry) -> str:
    return ",".join(entry.runtime_names) or f"type:{entry.runtime_type}"


def _only_place(entry: Entry, catalog: Catalog) -> str:
    """Return the pin of an entry without platforms: the same as if it listed its lab type."""
    labs = [catalog.runtimes[name] for name in entry.runtime_names if name in catalog.runtimes]
    types = {lab.lab_type for lab in labs} if entry.runtime_names else {entry.runtime_type}
    return f"{_labs(entry)}/{types.pop()}" if len(types) == 1 else _labs(entry)


def _where(entry: Entry, part: str) -> str:
    return str(entry.places.get(part, entry.where))

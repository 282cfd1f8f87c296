# SPDX-License-Identifier: LGPL-2.1-or-later
"""Entries that say criteria, written as KernelCI writes them today: a lab and a platform each."""

from models import Catalog, Entry, Place, VariantAttribute
from planner.config import variant_value
from planner.demand.wishes import Wish, wishes_of
from planner.simulate.fleet import Fleet
from planner.simulate.scenario import Scenario
from planner.simulate.service import Service

# Numbers of entries that were made here, far from those that a configuration has by itself.
_FIRST = 1000
_MADE = " pinned "


def as_lists(scenario: Scenario) -> Catalog:
    """Return the catalog with as many runs, each pinned to one lab and one platform.

    Places are chosen as a careful curator would: different where the entry wants them to differ,
    and where boards have least to do for what is listed already.
    """
    catalog = scenario.catalog
    curator = _Curator(catalog, scenario.fleet, Service(catalog, scenario.seed))
    entries: list[Entry] = []
    for entry in catalog.entries:
        wishes = wishes_of(entry, catalog)
        if entry.runs is None and all(len(wish.targets) <= 1 for wish in wishes):
            entries.append(entry)
            continue
        pinned = [place for wish in wishes for place in curator.places(wish)]
        entries += [_pin(entry, place, len(entries) + n, n) for n, place in enumerate(pinned)]
    return catalog.model_copy(update={"entries": tuple(entries)})


def origin(entry: str) -> str:
    """Return the id of the entry that a pinned one was made of; of any other entry its own."""
    return entry.partition(_MADE)[0]


def _pin(entry: Entry, place: Place, number: int, nth: int) -> Entry:
    return entry.model_copy(
        update={
            "id": f"{entry.id}{_MADE}{nth}",
            "runtime_names": (place.runtime,),
            "runtime_type": None,
            "platforms": (place.platform,),
            "criteria": None,
            "runs": None,
            "disambiguator": _FIRST + number,
        }
    )


class _Curator:
    """Knows what is listed so far, in seconds of work for each board."""

    def __init__(self, catalog: Catalog, fleet: Fleet, service: Service) -> None:
        self._catalog, self._fleet, self._service = catalog, fleet, service
        self._load: dict[tuple[str, str], float] = {}

    def places(self, wish: Wish) -> list[Place]:
        """Return a place for each run of a wish."""
        places = [t.place for t in wish.targets if self._boards(t.place)]
        places = places or [t.place for t in wish.targets]
        taken: list[Place] = []
        for _ in range(wish.runs.number if places else 0):
            place = min(places, key=lambda one: self._rank(wish, one, taken))
            taken.append(place)
            self._add(wish.entry.job, place)
        return taken

    def _rank(self, wish: Wish, place: Place, taken: list[Place]) -> tuple[int, float, str, str]:
        repeats = sum(
            self._value(wish, place, attribute) == self._value(wish, other, attribute)
            for attribute in wish.runs.variant
            for other in taken
        )
        load = self._load.get((place.runtime, place.device_type), 0.0)
        boards = max(1, self._boards(place))
        return repeats, load / boards, place.runtime, place.platform

    def _value(self, wish: Wish, place: Place, attribute: VariantAttribute) -> str:
        catalog, job = self._catalog, wish.job
        assert job is not None
        runtime, platform = catalog.runtimes[place.runtime], catalog.platforms[place.platform]
        return variant_value(attribute, job, runtime, platform, catalog)

    def _boards(self, place: Place) -> int:
        spec = self._fleet.labs[place.runtime]
        return spec.devices.get(place.device_type, 0) if spec.devices else 1

    def _add(self, job: str, place: Place) -> None:
        key = (place.runtime, place.device_type)
        seconds = self._service.usual(job, place.platform, place.runtime)
        self._load[key] = self._load.get(key, 0.0) + seconds

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Criteria that match a list of platforms and nothing else in the catalog."""

from collections.abc import Iterable, Mapping
from itertools import combinations

from models import Catalog, Platform
from planner.config.criteria import ATTRIBUTES, texts_of, value_of

Criteria = dict[str, tuple[str, ...]]
Names = frozenset[str]

# A third attribute to allow would hardly be shorter than the list, and harder to read.
_ALLOWING = 2


class CriteriaFinder:
    """Finds criteria over the platforms of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._all = frozenset(catalog.platforms)
        # Not by params: that boards share one of them is mostly chance.
        self._having = {key: _having(key, catalog.platforms.values()) for key in ATTRIBUTES}

    def matching(self, names: Names) -> Criteria | None:
        """Return the shortest criteria found that match exactly `names`.

        None if there are none with at most half as many values as there are names. Attributes
        that allow are taken one or two at a time; whatever they let in besides is excluded.
        """
        if not names or not names <= self._all:
            return None
        covers = {key: cover for key in self._having if (cover := self._cover(key, names))}
        found = [
            self._excluding({key: covers[key] for key in keys}, names)
            for count in range(_ALLOWING + 1)
            for keys in combinations(covers, count)
        ]
        shortest = min(found, key=_reading)
        return shortest if 0 < 2 * _length(shortest) <= len(names) else None

    def _cover(self, key: str, names: Names) -> tuple[str, ...] | None:
        """Return values of an attribute of which each of `names` has one, letting few others in.

        None if that takes as many values as there are names.
        """
        having = self._having[key]
        chosen: list[str] = []
        left = names
        # A value that itself begins with `!` can be excluded, but not allowed.
        while left:
            value = min(
                (v for v, here in having.items() if here & left and not v.startswith("!")),
                key=lambda value: (1 + len(having[value] - names)) / len(having[value] & left),
                default=None,
            )
            if value is None or len(chosen) + 1 >= len(names):
                return None
            chosen.append(value)
            left -= having[value]
        return tuple(chosen)

    def _excluding(self, criteria: Criteria, names: Names) -> Criteria:
        """Return `criteria` with values that exclude what they match besides `names`."""
        matched = self._all
        for key, values in criteria.items():
            matched &= frozenset[str]().union(*(self._having[key][value] for value in values))
        result = dict(criteria)
        over = matched - names
        while over:
            # A name always serves; of values that exclude as many platforms it is the clearest.
            _, _, key, value = min(
                (-len(here & over), key != "name", key, value)
                for key, having in self._having.items()
                for value, here in having.items()
                if here & over and not here & names
            )
            result[key] = (*result.get(key, ()), f"!{value}")
            over -= self._having[key][value]
        return result


def _having(key: str, platforms: Iterable[Platform]) -> dict[str, Names]:
    """Return the platforms that have each value of an attribute."""
    having: dict[str, set[str]] = {}
    for platform in platforms:
        for text in texts_of(value_of(platform, key)):
            having.setdefault(text, set()).add(platform.name)
    return {value: frozenset(having[value]) for value in sorted(having)}


def _reading(criteria: Criteria) -> tuple[int, int]:
    """Return how long criteria take to read: what they allow is clearer than what they exclude."""
    excluding = sum(value.startswith("!") for values in criteria.values() for value in values)
    return _length(criteria), excluding


def _length(criteria: Mapping[str, tuple[str, ...]]) -> int:
    return sum(map(len, criteria.values()))

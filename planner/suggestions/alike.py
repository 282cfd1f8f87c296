# SPDX-License-Identifier: LGPL-2.1-or-later
"""Entries that differ only by lab."""

import json
from collections.abc import Hashable
from typing import Any

from models import Catalog, Entry
from planner.config.places import uses_default_platform

# What may differ between jobs that are alike: the name, which often ends in that of the lab.
_OWN = {"name", "where"}


def alike(catalog: Catalog) -> tuple[tuple[Entry, ...], ...]:
    """Return the groups of entries that differ only by lab, in the order in which they stand.

    The entries of a group have the same event, rules and criteria, and jobs with the same
    definition but for the name; they name two labs at least. What else differs is the list of
    platforms: boards that a lab has. Entries with `runs`, of a type of labs, or of a job that is
    not defined are in no group.
    """
    groups: dict[Hashable, list[Entry]] = {}
    for entry in catalog.entries:
        if entry.runtime_names and entry.runs is None and entry.job in catalog.jobs:
            groups.setdefault(_likeness(entry, catalog), []).append(entry)
    return tuple(
        tuple(group)
        for group in groups.values()
        if len({name for entry in group for name in entry.runtime_names}) > 1 and len(group) > 1
    )


def _likeness(entry: Entry, catalog: Catalog) -> Hashable:
    job = catalog.jobs[entry.job].model_dump(mode="json", exclude=_OWN)
    parts = (entry.channel, entry.event, entry.rules, entry.criteria, job)
    listed = bool(entry.platforms)
    return (*map(_text, parts), listed, _default_platforms(entry, catalog))


def _default_platforms(entry: Entry, catalog: Catalog) -> Hashable:
    """Return the platforms that an entry without a list gets: those named like its labs' types."""
    if not uses_default_platform(entry):
        return None
    labs = (catalog.runtimes.get(name) for name in entry.runtime_names)
    return frozenset(None if lab is None else lab.lab_type for lab in labs)


def _text(part: Any) -> str:
    return json.dumps(part, sort_keys=True, default=str)

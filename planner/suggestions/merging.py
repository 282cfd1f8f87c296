# SPDX-License-Identifier: LGPL-2.1-or-later
"""Entries that differ only by lab become one."""

from collections.abc import Sequence

from models import Catalog, Entry, Runs, VariantAttribute

_OTHER_LAB = (VariantAttribute.RUNTIME,)


def merged(group: Sequence[Entry], catalog: Catalog) -> Entry:
    """Return one entry for all of `group`: any of its labs, one run on each of its platforms."""
    job = min((entry.job for entry in group), key=len)
    platforms = tuple(dict.fromkeys(name for entry in group for name in entry.platforms or ()))
    one = group[0].model_copy(update={"job": job, "platforms": platforms or None})
    return _anywhere(one, group, catalog)


def merged_keeping_runs(group: Sequence[Entry], catalog: Catalog) -> tuple[Entry, ...]:
    """Return entries for all of `group` that ask for as many runs on each platform as before.

    A platform that several entries list gets an entry of its own, whose runs go to different
    labs as far as they can be had.
    """
    one = merged(group, catalog)
    if one.platforms is None:
        runs = Runs(number=len(group), variant=_OTHER_LAB)
        return (one.model_copy(update={"runs": runs}),)
    listing = {name: [e for e in group if name in (e.platforms or ())] for name in one.platforms}
    once = tuple(name for name, entries in listing.items() if len(entries) == 1)
    result = []
    if once:
        entries = [entry for entry in group if set(once) & set(entry.platforms or ())]
        result.append(_anywhere(one.model_copy(update={"platforms": once}), entries, catalog))
    for name, entries in listing.items():
        if len(entries) > 1:
            runs = Runs(number=len(entries), variant=_OTHER_LAB)
            shared = one.model_copy(update={"platforms": (name,), "runs": runs})
            result.append(_anywhere(shared, entries, catalog))
    return tuple(result)


def _anywhere(entry: Entry, group: Sequence[Entry], catalog: Catalog) -> Entry:
    """Return `entry` for all the labs of `group`: by type if those are all labs of one type."""
    names = tuple(dict.fromkeys(name for one in group for name in one.runtime_names))
    types = {catalog.runtimes[name].lab_type for name in names if name in catalog.runtimes}
    of_type = {r.name for r in catalog.runtimes.values() if r.lab_type in types}
    if len(names) > 1 and len(types) == 1 and of_type == set(names):
        return entry.model_copy(update={"runtime_names": (), "runtime_type": types.pop()})
    return entry.model_copy(update={"runtime_names": names, "runtime_type": None})

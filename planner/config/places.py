# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the configuration alone lets an entry go, before any event or rule is known."""

from collections.abc import Iterator

from models import Catalog, Entry, Job, Platform, Runtime, VariantAttribute
from planner.config.criteria import matches


def runtimes_of(entry: Entry, catalog: Catalog) -> tuple[Runtime, ...]:
    """Return the runtimes that the entry names and that are defined, or all of its type."""
    if entry.runtime_names:
        known = (catalog.runtimes.get(name) for name in entry.runtime_names)
        return tuple(runtime for runtime in known if runtime)
    return tuple(r for r in catalog.runtimes.values() if r.lab_type == entry.runtime_type)


def uses_default_platform(entry: Entry) -> bool:
    """Tell whether the entry's platform is the one that is named like its runtime's type."""
    return not entry.platforms and entry.criteria is None


def listed_platforms(entry: Entry, catalog: Catalog) -> tuple[Platform, ...]:
    """Return the platforms that the criteria choose from: those listed, or else all."""
    if not entry.platforms:
        return tuple(catalog.platforms.values())
    known = (catalog.platforms.get(name) for name in entry.platforms)
    return tuple(platform for platform in known if platform)


def places_of(entry: Entry, catalog: Catalog) -> Iterator[tuple[Runtime, Platform]]:
    """Yield each runtime and platform where the configuration lets the entry go."""
    chosen = [p for p in listed_platforms(entry, catalog) if matches(p, entry.criteria or {})]
    for runtime in runtimes_of(entry, catalog):
        if uses_default_platform(entry):
            platform = catalog.platforms.get(runtime.lab_type)
            chosen = [platform] if platform else []
        for platform in chosen:
            yield runtime, platform


def variant_value(
    attribute: VariantAttribute, job: Job, runtime: Runtime, platform: Platform, catalog: Catalog
) -> str:
    """Return what a place is in one of the attributes in which runs can differ."""
    match attribute:
        case VariantAttribute.RUNTIME:
            return runtime.name
        case VariantAttribute.PLATFORM:
            return platform.name
        case VariantAttribute.DEVICE_TYPE:
            return catalog.device_type(job, platform)
        case VariantAttribute.MACH:
            return platform.mach
        case VariantAttribute.ARCH:
            return platform.arch

# SPDX-License-Identifier: LGPL-2.1-or-later
"""All that is wrong with a catalog: what its reading found, and what does not fit together."""

from collections import Counter
from collections.abc import Iterator

from models import Catalog, Defect, Entry, Mode, Where
from planner.config.criteria import ATTRIBUTES, matches
from planner.config.places import (
    listed_platforms,
    places_of,
    runtimes_of,
    uses_default_platform,
    variant_value,
)
from planner.config.policies import check_policies


def check_catalog(catalog: Catalog) -> tuple[Defect, ...]:
    """Return every defect of the configuration at once, in the order of files and lines.

    A platform that is not defined is named once at each place where its name stands, however
    many entries share that place by an anchor.
    """
    lost = {defect.subject for defect in catalog.malformed}
    defects = [*catalog.defects, *check_policies(catalog), *_unknown_platforms(catalog, lost)]
    for entry in catalog.entries:
        defects += _unknown_names(entry, catalog, lost)
        defects += _criteria(entry, catalog)
        defects += _variants(entry, catalog)
    unique = dict.fromkeys((d.where.file, d.where.line, d.code, d.subject, d.text) for d in defects)
    return tuple(
        Defect(where=Where(file=file, line=line), code=code, subject=subject, text=text)
        for file, line, code, subject, text in sorted(unique)
    )


def _unknown_platforms(catalog: Catalog, lost: set[str]) -> Iterator[Defect]:
    uses: Counter[tuple[Where, str]] = Counter()
    for entry in catalog.entries:
        for number, name in enumerate(entry.platforms or ()):
            if name not in catalog.platforms and f"platforms.{name}" not in lost:
                uses[entry.places.get(f"platforms.{number}", entry.where), name] += 1
    for (where, name), count in uses.items():
        entries = "1 entry goes" if count == 1 else f"{count} entries go"
        text = f"platform {name!r} is not defined; {entries} there"
        yield Defect(where=where, code="unknown_platform", subject=name, text=text)


def _unknown_names(entry: Entry, catalog: Catalog, lost: set[str]) -> Iterator[Defect]:
    """Yield the job, runtimes, type and default platform of an entry that are not defined."""
    if entry.job not in catalog.jobs and f"jobs.{entry.job}" not in lost:
        where = entry.places.get("job", entry.where)
        text = f"job {entry.job!r} is not defined"
        yield Defect(where=where, code="unknown_job", subject=entry.job, text=text)
    for name in entry.runtime_names:
        if name not in catalog.runtimes and f"runtimes.{name}" not in lost:
            text = f"runtime {name!r} of job {entry.job!r} is not defined"
            yield Defect(where=entry.where, code="unknown_runtime", subject=name, text=text)
    runtimes = runtimes_of(entry, catalog)
    if not runtimes and not entry.runtime_names:
        kind = str(entry.runtime_type)
        text = f"no runtime is of type {kind!r}, which job {entry.job!r} asks for"
        where = entry.places.get("runtime", entry.where)
        yield Defect(where=where, code="unknown_runtime_type", subject=kind, text=text)
    if uses_default_platform(entry):
        for kind in dict.fromkeys(str(runtime.lab_type) for runtime in runtimes):
            if kind not in catalog.platforms and f"platforms.{kind}" not in lost:
                text = f"job {entry.job!r} lists no platforms, and none is named {kind!r}"
                where = entry.where
                yield Defect(where=where, code="unknown_platform", subject=kind, text=text)


def _criteria(entry: Entry, catalog: Catalog) -> Iterator[Defect]:
    """Yield criteria that are no attribute, match no platform, or match none together."""
    criteria = entry.criteria or {}
    platforms = listed_platforms(entry, catalog)
    if not platforms:
        return
    alone = True
    for key, wanted in criteria.items():
        where = entry.places.get(f"criteria.{key}", entry.where)
        if key not in ATTRIBUTES and not any(key in p.params for p in catalog.platforms.values()):
            alone = False
            text = f"criterion {key!r} is no attribute of platforms and no param of any"
            yield Defect(where=where, code="unknown_criterion", subject=key, text=text)
        elif not any(matches(platform, {key: wanted}) for platform in platforms):
            alone = False
            text = f"criterion {key}: {', '.join(wanted)} matches no platform of the entry"
            yield Defect(where=where, code="no_matching_platform", subject=key, text=text)
    if alone and criteria and not any(matches(platform, criteria) for platform in platforms):
        where = entry.places.get("criteria", entry.where)
        text = f"the criteria of job {entry.job!r} match no platform together"
        yield Defect(where=where, code="no_matching_platform", subject=entry.job, text=text)


def _variants(entry: Entry, catalog: Catalog) -> Iterator[Defect]:
    """Yield strict variants that have fewer values than the entry wants different runs."""
    job, runs = catalog.jobs.get(entry.job), entry.runs
    if job is None or runs is None or runs.mode is not Mode.STRICT:
        return
    places = list(places_of(entry, catalog))
    # Names that are not defined are reported as such; once they are, they may be values too.
    unknown = [n for n in entry.runtime_names if n not in catalog.runtimes]
    unknown += [n for n in entry.platforms or () if n not in catalog.platforms]
    for attribute in runs.variant if places else ():
        values = {variant_value(attribute, job, *place, catalog) for place in places}
        if len(values) + len(unknown) < runs.number:
            text = (
                f"{runs.number} runs of job {entry.job!r} must differ in {attribute}, "
                f"and there are only {len(values)}: {', '.join(sorted(values))}"
            )
            where = entry.places.get("runs", entry.where)
            yield Defect(where=where, code="too_few_variants", subject=entry.job, text=text)

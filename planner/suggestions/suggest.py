# SPDX-License-Identifier: LGPL-2.1-or-later
"""A catalog's suggestions."""

from collections.abc import Iterator, Sequence

from models import Catalog, Entry, Runs, Suggestion, SuggestionKind, VariantAttribute
from planner.suggestions.alike import alike
from planner.suggestions.merging import merged, merged_keeping_runs
from planner.suggestions.proof import Expansion, fates, fewer_runs
from planner.suggestions.shorter import CriteriaFinder
from planner.suggestions.writing import entries_as_yaml, entries_of_yaml


def suggest(catalog: Catalog, *, keep_runs: bool = False) -> tuple[Suggestion, ...]:
    """Return every shorter way to write entries of `catalog`, with proof of what it changes.

    First the groups of entries that differ only by lab, each merged into one. A platform that
    several of them list then gets one run instead of several, which `fewer` says; with
    `keep_runs` it keeps them, by an entry of its own, and a group that would not become shorter
    that way is left out. Then the entries whose boards criteria would match.
    """
    return (*_of_labs(catalog, keep_runs), *_of_criteria(catalog))


def _of_labs(catalog: Catalog, keep_runs: bool) -> Iterator[Suggestion]:
    for group in alike(catalog):
        one = merged(group, catalog)
        entries = merged_keeping_runs(group, catalog) if keep_runs else (one,)
        notes = (*_job_notes(one.job, group, catalog), *_unknown(group, catalog))
        found = _suggestion(SuggestionKind.LABS, group, entries, notes, catalog)
        if len(entries) < len(group) and not (keep_runs and found.fewer):
            yield found


def _of_criteria(catalog: Catalog) -> Iterator[Suggestion]:
    finder = CriteriaFinder(catalog)
    for entry in catalog.entries:
        # With criteria already, or runs, the author has said more than which boards there are.
        if entry.criteria is not None or entry.runs is not None or entry.job not in catalog.jobs:
            continue
        names = frozenset(entry.platforms or ())
        criteria = finder.matching(names)
        if criteria is not None:
            runs = Runs(number=len(names), variant=(VariantAttribute.PLATFORM,))
            update = {"platforms": None, "criteria": criteria, "runs": runs}
            shorter = entry.model_copy(update=update)
            notes = (*_criteria_notes(len(names)), *_unknown([entry], catalog))
            yield _suggestion(SuggestionKind.CRITERIA, [entry], [shorter], notes, catalog)


def _suggestion(
    kind: SuggestionKind,
    group: Sequence[Entry],
    entries: Sequence[Entry],
    notes: tuple[str, ...],
    catalog: Catalog,
) -> Suggestion:
    text = entries_as_yaml(entries)
    # What is compared is what the text says when it is read, not what it was meant to say.
    before = Expansion.of(group, catalog)
    after = Expansion.of(entries_of_yaml(text), catalog)
    return Suggestion(
        kind=kind,
        entries=tuple(entry.id for entry in group),
        yaml=text,
        runs_before=before.runs.total(),
        runs_after=after.runs.total(),
        fewer=fewer_runs(before, after),
        places=fates(before, after),
        notes=notes,
    )


def _criteria_notes(runs: int) -> Iterator[str]:
    yield (
        f"the {runs} runs are bound to no platform any more: they go to different ones as far as"
        " these can be had, and to one twice rather than wait"
    )
    yield (
        "platforms that are defined later and match take part by themselves; how many runs there"
        " are stays the number written here"
    )


def _job_notes(job: str, group: Sequence[Entry], catalog: Catalog) -> Iterator[str]:
    """Yield what the jobs' names becoming one means."""
    others = dict.fromkeys(entry.job for entry in group if entry.job != job)
    if not others:
        return
    yield f"results of {', '.join(others)} come under the name {job}"
    replaced = {entry.id for entry in group}
    needed = {entry.job for entry in catalog.entries if entry.id not in replaced}
    idle = [name for name in others if name not in needed]
    if idle:
        yield f"no entry asks for {', '.join(idle)} any more"


def _unknown(group: Sequence[Entry], catalog: Catalog) -> Iterator[str]:
    names = dict.fromkeys(name for entry in group for name in entry.runtime_names)
    unknown = [name for name in names if name not in catalog.runtimes]
    if unknown:
        yield f"not defined here, and so never used: {', '.join(unknown)}"

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Suggestions for people: what to write instead, and what that changes."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import indent

from rich.console import Console
from rich.text import Text

from models import Fate, PlaceFate, Suggestion, SuggestionKind
from planner.plan.grid import note, title
from planner.plan.wording import counted, named

LISTED = 6  # how many platforms of a lab are named where none is lost

_TITLES = {
    SuggestionKind.LABS: "entries that differ only by lab",
    SuggestionKind.CRITERIA: "a list of boards that criteria match",
}
_FATES = {Fate.STAYS: "stay", Fate.APPEARS: "appear", Fate.DISAPPEARS: "disappear"}


def show_suggestions(suggestions: Sequence[Suggestion], console: Console) -> None:
    """Print each suggestion with its proof, and how many there are of each kind."""
    for suggestion in suggestions:
        title(console, _TITLES[suggestion.kind], ", ".join(suggestion.entries))
        console.print(Text(indent(suggestion.yaml.rstrip(), "  ")), soft_wrap=True)
        _show_runs(suggestion, console)
        for fate in Fate:
            _show_places(suggestion.with_fate(fate), fate, console)
        for text in suggestion.notes:
            note(console, text, 2)
        console.print()
    note(console, _summary(suggestions), 0)


def _show_runs(suggestion: Suggestion, console: Console) -> None:
    fewer = [f"{f.platform or 'any platform'} {f.before} -> {f.after}" for f in suggestion.fewer]
    runs = f"runs of one event: {suggestion.runs_before} before, {suggestion.runs_after} after"
    note(console, runs, 2, "bold yellow" if fewer else "")
    if fewer:
        note(console, f"fewer runs: {', '.join(fewer)}", 4, "yellow")


def _show_places(places: Sequence[PlaceFate], fate: Fate, console: Console) -> None:
    """Print the places of one fate by runtime; those that are lost are named one and all."""
    lost = fate is Fate.DISAPPEARS
    title(console, f"  {counted(len(places), 'place')} {_FATES[fate]}", style="red" * lost)
    for runtime, names in _by_runtime(places):
        most = len(names) if lost else LISTED
        note(console, f"{runtime}: {named(names, most)}", 4, "dim" * (not lost))


def _by_runtime(places: Iterable[PlaceFate]) -> Iterable[tuple[str, list[str]]]:
    ordered = sorted(places, key=lambda place: place.runtime)
    for runtime, group in groupby(ordered, key=lambda place: place.runtime):
        yield runtime, [place.platform or "no platform" for place in group]


def _summary(suggestions: Sequence[Suggestion]) -> str:
    labs = [s for s in suggestions if s.kind is SuggestionKind.LABS]
    lists = len(suggestions) - len(labs)
    entries = sum(len(s.entries) for s in labs)
    return (
        f"{entries or 'no'} entries in {counted(len(labs), 'group')} differ only by lab;"
        f" criteria would match the boards of {counted(lists, 'list')}"
    )

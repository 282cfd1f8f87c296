# SPDX-License-Identifier: LGPL-2.1-or-later
"""The `scheduler:` section: its entries, their names and what tells similar ones apart."""

from collections.abc import Iterator, Mapping, Set
from itertools import chain, count
from typing import Any

from models import Entry, Where
from planner.config.findings import Findings
from planner.config.located import LocatedList, LocatedMap, Mark, find, plain
from planner.config.rules import rules_understood
from planner.config.shapes import Criteria, EntryShape


def read_entries(
    tree: LocatedMap, relative: Mapping[str, str], findings: Findings
) -> tuple[Entry, ...]:
    """Return the entries of `scheduler:` in the order in which they stand."""
    section = tree.get("scheduler")
    if section is None:
        return ()
    if not isinstance(section, LocatedList):
        text = "section 'scheduler' is no list of entries; it is left out"
        findings.lose(tree.key_marks["scheduler"], "bad_value", "scheduler", text)
        return ()
    entries: list[Entry] = []
    apart = _Apart()
    taken: set[str] = set()
    for item, mark in zip(section, section.item_marks, strict=True):
        entry = _read_entry(item, mark, relative, findings)
        if entry is None:
            continue
        name = _distinct(entry, taken)
        taken.add(name)
        number = apart.number(entry)
        entries.append(entry.model_copy(update={"id": name, "disambiguator": number}))
    return tuple(entries)


def _distinct(entry: Entry, taken: Set[str]) -> str:
    """Return the entry's id, or what tells it from entries of the same place.

    Two paths can have files of the same relative name; and several entries can stand on one line,
    or be one anchored entry.
    """
    numbered = (f"{entry.where}#{number}" for number in count(2))
    return next(n for n in chain((entry.id, str(entry.where)), numbered) if n not in taken)


def _read_entry(
    item: Any, mark: Mark, relative: Mapping[str, str], findings: Findings
) -> Entry | None:
    """Return one entry, or None where it cannot be understood; `findings` then says why."""
    name = f"{relative.get(mark.file, mark.file)}:{mark.line}"
    if not isinstance(item, LocatedMap):
        text = f"scheduler entry {name} is no mapping; it is left out"
        findings.lose(mark, "bad_value", name, text)
        return None
    if not rules_understood(item, mark, name, findings):
        return None
    shape = findings.read(EntryShape, plain(item), item, mark, name)
    if shape is None or not _consistent(shape, item, mark, name, findings):
        return None
    if "channel" not in shape.event:
        place = find(item, ["event"], mark)
        text = f"the event of {shape.job!r} names no channel"
        findings.note(place, "no_channel", name, text)
    return _entry(shape, item, mark, name)


def _entry(shape: EntryShape, item: LocatedMap, mark: Mark, name: str) -> Entry:
    """Return the noun of a well-formed entry."""
    event = dict(shape.event)
    channel = event.pop("channel", None)
    runtime = shape.runtime
    return Entry(
        id=name,
        job=shape.job,
        channel=None if channel is None else str(channel),
        event=event,
        runtime_names=(runtime.name,) if runtime.name else runtime.names or (),
        runtime_type=runtime.type,
        runtime_after=runtime.after,
        platforms=shape.platforms,
        criteria=_criteria(shape),
        runs=shape.runs,
        rules=plain(item.get("rules")),
        where=mark.where,
        places=dict(_places(item)),
    )


def _consistent(
    shape: EntryShape, item: LocatedMap, mark: Mark, name: str, findings: Findings
) -> bool:
    """Tell whether the parts of an entry go together; if not, say what does not."""
    runtime, place = shape.runtime, find(item, ["runtime"], mark)
    if runtime.name and runtime.names:
        text = f"{name}: runtime has both 'name' and 'names'; it is left out"
        findings.lose(place, "bad_value", name, text)
        return False
    if not (runtime.name or runtime.names or runtime.type):
        text = f"{name}: runtime has neither 'name', 'names' nor 'type'; it is left out"
        findings.lose(place, "missing_key", name, text)
        return False
    if runtime.after is not None and not runtime.names:
        place = find(item, ["runtime", "after"], mark, key=True)
        text = f"{name}: runtime has 'after' without 'names' to choose among; it is left out"
        findings.lose(place, "bad_value", name, text)
        return False
    twice = set(shape.criteria or ()) & set(runtime.criteria or ())
    for key in sorted(twice):
        place = find(item, ["runtime", "criteria", key], mark, key=True)
        text = f"{name}: criterion {key!r} stands in the entry and in its runtime; it is left out"
        findings.lose(place, "bad_value", name, text)
    return not twice


def _criteria(shape: EntryShape) -> Criteria | None:
    if shape.criteria is None and shape.runtime.criteria is None:
        return None
    return {**(shape.criteria or {}), **(shape.runtime.criteria or {})}


def _places(item: LocatedMap) -> Iterator[tuple[str, Where]]:
    """Yield the places of those parts of an entry that a defect may be about."""
    for part in ("job", "runtime", "runs"):
        if part in item:
            yield part, item.value_marks[part].where
    platforms = item.get("platforms")
    if isinstance(platforms, LocatedList):
        for number, mark in enumerate(platforms.item_marks):
            yield f"platforms.{number}", mark.where
    elif platforms is not None:
        yield "platforms.0", item.value_marks["platforms"].where
    for owner in (item, item["runtime"]):
        criteria = owner.get("criteria")
        if isinstance(criteria, LocatedMap):
            yield "criteria", owner.key_marks["criteria"].where
            for key, mark in criteria.key_marks.items():
                yield f"criteria.{key}", mark.where


class _Apart:
    """Numbers entries that would otherwise ask for runs of the same key.

    Such are entries of one job whose place is not pinned (they have runs, or criteria and no
    platforms) and that one event can trigger. Those that are alike but for their event share a
    number: asking twice for the same is asking once.
    """

    def __init__(self) -> None:
        self._seen: dict[str, list[Any]] = {}

    def number(self, entry: Entry) -> int:
        """Return the entry's disambiguator: how many different wishes came before it."""
        if entry.runs is None and (entry.platforms or entry.criteria is None):
            return 0
        wish = entry.model_dump(exclude={"id", "where", "disambiguator", "channel", "event"})
        wishes = self._seen.setdefault(entry.job, [])
        if wish not in wishes:
            wishes.append(wish)
        return wishes.index(wish)

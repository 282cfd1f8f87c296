# SPDX-License-Identifier: LGPL-2.1-or-later
"""The `planner:` section. What is wrong in it is left out; the rest of it still counts."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models import PlannerSettings
from planner.config.findings import Findings, describe
from planner.config.located import LocatedMap, Mark, find, plain
from planner.config.names import Names, check_names

Steps = tuple[int | str, ...]

# Paths in the section that are relative to the file that names them. The ledger's path and
# `shell.directory` are relative to the working directory instead: they are written to.
_RELATIVE = (("events", "file"), ("events", "nodes"), ("shell", "templates"), ("templates",))


def read_settings(tree: LocatedMap, names: Names, findings: Findings) -> PlannerSettings:
    """Return the `planner:` section, with relative paths joined to the folder of their file.

    `names` are what the section may name.
    """
    section = tree.get("planner")
    if section is None:
        return PlannerSettings()
    mark = tree.value_marks["planner"]
    if not isinstance(section, LocatedMap):
        text = "section 'planner' is no mapping; it is left out"
        findings.lose(mark, "bad_value", "planner", text)
        return PlannerSettings()
    data = plain(section)
    for relative in _RELATIVE:
        _join_folder(data, relative, section, mark)
    settings = _salvage(data, section, mark, findings)
    check_names(section, mark, settings, names, findings)
    return settings


def _salvage(
    data: dict[str, Any], section: LocatedMap, mark: Mark, findings: Findings
) -> PlannerSettings:
    """Return what can be understood of the section, with a defect for all that cannot.

    Every pass takes out each part that is wrong, so what is left shrinks until it is right.
    """
    while True:
        try:
            return PlannerSettings.model_validate(data)
        except ValidationError as wrong:
            errors = wrong.errors(include_url=False, include_context=False)
            for error in errors:
                place, text = describe(error, section, mark)
                code = "unknown_key" if error["type"] == "extra_forbidden" else "bad_value"
                findings.lose(place, code, "planner", f"planner: {text}; it is left out")
            if not _take_out(data, {_innermost(data, error["loc"]) for error in errors}):
                return PlannerSettings()


def _innermost(data: Any, loc: Steps) -> Steps:
    """Return as much of the way to `loc` as exists: a missing key's is that of its mapping."""
    for depth, step in enumerate(loc):
        inside = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if not inside:
            return loc[:depth]
        data = data[step]
    return loc


def _take_out(data: Any, places: set[Steps]) -> bool:
    """Remove the parts at `places`; tell whether there were any."""
    places.discard(())
    # From the back, so that taking out an item of a list moves none that is still to go.
    for *parents, last in sorted(places, key=lambda place: [*map(_rank, place)], reverse=True):
        owner = data
        for step in parents:
            owner = owner[step]
        del owner[last]
    return bool(places)


def _rank(step: int | str) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, step)


def _join_folder(data: Any, path: tuple[str, ...], section: LocatedMap, mark: Mark) -> None:
    """Make the path or paths at `path` relative to what the caller's paths are relative to."""
    *parents, last = path
    for part in parents:
        data = data.get(part) if isinstance(data, dict) else None
    value = data.get(last) if isinstance(data, dict) else None
    if isinstance(value, str):
        data[last] = _joined(value, find(section, path, mark))
    elif isinstance(value, list):
        data[last] = [
            _joined(item, find(section, (*path, number), mark)) if isinstance(item, str) else item
            for number, item in enumerate(value)
        ]


def _joined(path: str, mark: Mark) -> str:
    return str(Path(mark.file).parent / path)

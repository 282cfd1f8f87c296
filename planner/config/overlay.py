# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's way of making one configuration out of many files and several paths.

Within one path the top-level keys of all files are joined: mappings updated, lists extended. The
paths are then laid over each other in order: mappings merged at every depth, lists concatenated,
anything else replaced. Files are read in the order of their relative names.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models import Defect, PlannerError
from planner.config.located import LocatedList, LocatedMap, Mark
from planner.config.yaml_file import YamlError, read_yaml

# Folders of a configuration whose files are something other than KernelCI's YAML.
OTHER_FOLDERS = frozenset({"policies", "schema"})


@dataclass
class Documents:
    """All that the paths say, as one located mapping.

    `relative` gives each file's name relative to the path that it came from, by its full name.
    """

    tree: LocatedMap
    relative: dict[str, str] = field(default_factory=dict)
    defects: list[Defect] = field(default_factory=list)


def read_documents(paths: tuple[Path, ...]) -> Documents:
    """Read all YAML below the paths and overlay it.

    Raises:
        PlannerError: if a path does not exist or has no YAML, or if files are broken (then all
            of them are named, with their lines).
    """
    documents = Documents(LocatedMap(Mark(str(paths[0]) if paths else "", 1)))
    broken: list[str] = []
    for path in paths:
        layer = LocatedMap(Mark(str(path), 1))
        for file in _files(path):
            documents.relative[str(file)] = _relative(file, path)
            try:
                content, repeated = read_yaml(file)
            except YamlError as error:
                broken.append(str(error))
                continue
            documents.defects += [_repeated(mark, key) for mark, key in repeated]
            documents.defects += _join(layer, content, Mark(str(file), 1))
        documents.tree = overlay(documents.tree, layer)
    if broken:
        raise PlannerError("\n".join(broken))
    return documents


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise PlannerError(f"{path}: no such file or directory")
    files = [
        file
        for file in path.rglob("*")
        if file.suffix in (".yaml", ".yml")
        and file.is_file()
        and not OTHER_FOLDERS.intersection(file.relative_to(path).parts[:-1])
    ]
    if not files:
        raise PlannerError(f"{path}: there is no *.yaml or *.yml in it")
    return sorted(files, key=lambda file: file.relative_to(path).as_posix())


def _relative(file: Path, path: Path) -> str:
    return file.name if file == path else file.relative_to(path).as_posix()


def _join(layer: LocatedMap, content: Any, mark: Mark) -> list[Defect]:
    """Join the top-level keys of one more file of the same path to `layer`."""
    if content is None:
        return []
    if not isinstance(content, LocatedMap):
        return [_misfit(mark, mark.file, "the file is no mapping of sections; it is left out")]
    defects = []
    for key, new in content.items():
        old = layer.get(key)
        if old is None:
            layer.put(key, _copy(new), content.key_marks[key], content.value_marks[key])
        elif isinstance(old, LocatedMap) and isinstance(new, LocatedMap):
            for name in new:
                old.take(name, new)
        elif isinstance(old, LocatedList) and isinstance(new, LocatedList):
            old.join(new)
        elif isinstance(old, dict | list) and new is not None:
            text = f"section {key!r} is not what it is at {layer.key_marks[key].where}"
            defects.append(_misfit(content.key_marks[key], str(key), f"{text}; it is left out"))
        elif new is not None:
            layer.take(key, content)
    return defects


def _copy(tree: Any) -> Any:
    """Return a copy that can be added to; deeper levels stay shared, nobody changes them."""
    if isinstance(tree, LocatedMap):
        fresh = LocatedMap(tree.mark)
        for key in tree:
            fresh.take(key, tree)
        return fresh
    if isinstance(tree, LocatedList):
        row = LocatedList(tree.mark)
        row.join(tree)
        return row
    return tree


def overlay(base: Any, over: Any) -> Any:
    """Return `over` laid over `base`; neither is changed."""
    if isinstance(base, LocatedMap) and isinstance(over, LocatedMap):
        result = _copy(base)
        for key in over:
            if key in base:
                value = overlay(base[key], over[key])
                result.put(key, value, over.key_marks[key], over.value_marks[key])
            else:
                result.take(key, over)
        return result
    if isinstance(base, LocatedList) and isinstance(over, LocatedList):
        joined = _copy(base)
        joined.join(over)
        return joined
    return over


def _misfit(mark: Mark, subject: str, text: str) -> Defect:
    return Defect(where=mark.where, code="bad_value", subject=subject, text=text)


def _repeated(mark: Mark, key: str) -> Defect:
    text = f"key {key!r} stands twice in the same mapping; only the last counts"
    return Defect(where=mark.where, code="repeated_key", subject=key, text=text)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""One YAML file, read by the C parser into located data."""

from pathlib import Path
from typing import Any

import yaml

from models import PlannerError
from planner.config.located import LocatedList, LocatedMap, Mark


class YamlError(PlannerError):
    """A file that is no YAML, or YAML that cannot be data; its text begins with file and line."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.line = line
        self.problem = problem


class _Loader(yaml.CSafeLoader):
    """The C loader, building located mappings and lists.

    Containers are built at once and not, as PyYAML does, in a second pass: a container that
    contains itself is thereby an error instead of an endless walk later.
    """

    def __init__(self, content: bytes, file: str) -> None:
        super().__init__(content)
        self.file = file
        self.repeated: list[tuple[Mark, str]] = []

    def mark(self, node: yaml.Node) -> Mark:
        """Return where `node` begins."""
        return Mark(self.file, node.start_mark.line + 1)

    def note_repeated_keys(self, node: yaml.MappingNode) -> None:
        """Note keys that stand twice in this mapping; PyYAML would silently use the last."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            # A key from outside came by `<<` and is there to be overridden.
            if not node.start_mark.index <= key.start_mark.index < node.end_mark.index:
                continue
            if (key.tag, key.value) in seen:
                self.repeated.append((self.mark(key), key.value))
            seen.add((key.tag, key.value))


def _located_map(loader: _Loader, node: yaml.MappingNode) -> LocatedMap:
    if not isinstance(node, yaml.MappingNode):
        raise yaml.constructor.ConstructorError(
            None, None, f"expected a mapping, found a {node.id}", node.start_mark
        )
    loader.note_repeated_keys(node)
    loader.flatten_mapping(node)
    result = LocatedMap(loader.mark(node))
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, dict | list):
            raise yaml.constructor.ConstructorError(
                None, None, "a mapping or list cannot be a key", key_node.start_mark
            )
        value = loader.construct_object(value_node, deep=True)
        result.put(key, value, loader.mark(key_node), loader.mark(value_node))
    return result


def _located_list(loader: _Loader, node: yaml.SequenceNode) -> LocatedList:
    result = LocatedList(loader.mark(node))
    for item in node.value:
        result.put(loader.construct_object(item, deep=True), loader.mark(item))
    return result


_Loader.add_constructor("tag:yaml.org,2002:map", _located_map)
_Loader.add_constructor("tag:yaml.org,2002:seq", _located_list)


def read_yaml(path: Path, file: str | None = None) -> tuple[Any, list[tuple[Mark, str]]]:
    """Return the data of a YAML (or JSON) file, and the keys that it repeats in one mapping.

    `file` is the file's name in places, its path if not given. An empty file is None.

    Raises:
        YamlError: if the file cannot be read or is broken; the text names file and line.
    """
    file = file or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise YamlError(file, 1, f"cannot be read: {error.strerror or error}") from error
    return parse_yaml(content, file)


def parse_yaml(content: bytes, file: str) -> tuple[Any, list[tuple[Mark, str]]]:
    """Return the data of YAML (or JSON), and the keys that it repeats in one mapping.

    Raises:
        YamlError: if it is broken; the text names `file` and line.
    """
    try:
        # The reader decodes when it is made, so a file in no known encoding fails here.
        loader = _Loader(content, file)
        try:
            return loader.get_single_data(), loader.repeated
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlError(file, *_explain(error)) from error


def _explain(error: Exception) -> tuple[int, str]:
    """Return the line that is wrong, and what is wrong there."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    hint = ""
    if "constructor for the tag '!" in problem:
        hint = "; a value that begins with ! must be quoted"
    return line, f"broken YAML: {problem}{hint}"

# SPDX-License-Identifier: LGPL-2.1-or-later
"""YAML data that remembers where each of its parts stands."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from models import Where


class Mark(NamedTuple):
    """A file as it was named and a line counted from 1; cheaper than a `Where`."""

    file: str
    line: int

    @property
    def where(self) -> Where:
        """This mark as the noun that defects speak in."""
        return _where(self)


@lru_cache(maxsize=65536)
def _where(mark: Mark) -> Where:
    return Where(file=mark.file, line=mark.line)


class LocatedMap(dict[Any, Any]):
    """A mapping that knows where it, each of its keys and each of its values stand."""

    __slots__ = ("key_marks", "mark", "value_marks")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.key_marks: dict[Any, Mark] = {}
        self.value_marks: dict[Any, Mark] = {}

    def put(self, key: Any, value: Any, key_mark: Mark, value_mark: Mark) -> None:
        """Set one item together with its places."""
        self[key] = value
        self.key_marks[key] = key_mark
        self.value_marks[key] = value_mark

    def take(self, key: Any, other: "LocatedMap") -> None:
        """Set one item to what it is in `other`, places included."""
        self.put(key, other[key], other.key_marks[key], other.value_marks[key])


class LocatedList(list[Any]):
    """A list that knows where it and each of its items stand."""

    __slots__ = ("item_marks", "mark")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.item_marks: list[Mark] = []

    def put(self, value: Any, mark: Mark) -> None:
        """Append one item together with its place."""
        self.append(value)
        self.item_marks.append(mark)

    def join(self, other: "LocatedList") -> None:
        """Append the items of `other`, places included."""
        self.extend(other)
        self.item_marks.extend(other.item_marks)


def find(tree: Any, path: Iterable[Any], mark: Mark, *, key: bool = False) -> Mark:
    """Return the most specific known place of `path` within `tree`, which stands at `mark`.

    Parts of the path that are not in the tree are passed over, so the path of a missing key leads
    to the mapping that misses it. With `key` the place is the key's, not its value's.
    """
    for part in path:
        if isinstance(tree, LocatedMap) and part in tree:
            mark = tree.key_marks[part] if key else tree.value_marks[part]
            tree = tree[part]
        elif isinstance(tree, LocatedList) and isinstance(part, int) and part < len(tree):
            mark, tree = tree.item_marks[part], tree[part]
    return mark


def plain(tree: Any) -> Any:
    """Return the data without its places: dicts, lists and scalars only."""
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    return tree

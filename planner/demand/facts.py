# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where rules look values up: in a node, then in its ancestors, at any depth."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from models import Node


class Fact(NamedTuple):
    """A value and the dictionary that holds it."""

    value: Any
    container: Mapping[str, Any]


Facts = dict[str, Fact]


def flatten(node: Mapping[str, Any]) -> Facts:
    """Return the first fact of each key within `node`, depth first, in the order of its items.

    A dictionary is no value itself: what is in it comes in its place.
    """
    facts: Facts = {}
    # JSON is read at depths at which a function could no longer call itself.
    around = [(node, iter(node.items()))]
    while around:
        container, items = around[-1]
        for key, value in items:
            if isinstance(value, dict):
                around.append((value, iter(value.items())))
                break
            if key not in facts:
                facts[key] = Fact(value, container)
        else:
            around.pop()
    return facts


class Lineage:
    """The facts of a node and its ancestors, the nearest first; ancestors are read when needed.

    `missing` is the ancestor that a look-up needed and nobody knows, None if there was none.
    """

    def __init__(self, node: Node, lookup: Callable[[str], Node | None]) -> None:
        self.missing: str | None = None
        self._lookup = lookup
        self._nodes = [node]
        self._facts: list[Facts] = []
        self._lost: str | None = None

    def find(self, key: str) -> Fact | None:
        """Return the nearest fact of that key, None where neither node nor ancestors have it."""
        depth = 0
        while depth < len(self._nodes) or self._climb():
            if depth == len(self._facts):
                self._facts.append(flatten(self._nodes[depth]))
            if key in self._facts[depth]:
                return self._facts[depth][key]
            depth += 1
        self.missing = self.missing or self._lost
        return None

    def oldest(self) -> Node:
        """Return the oldest ancestor that is known: the checkout, where none is missing."""
        while self._climb():
            pass
        return self._nodes[-1]

    def _climb(self) -> bool:
        """Read one more ancestor; return False where there is none, or it is not known."""
        parent = self._nodes[-1].get("parent")
        if not isinstance(parent, str) or any(node.get("id") == parent for node in self._nodes):
            return False
        node = self._lookup(parent)
        if node is None:
            self._lost = parent
            return False
        self._nodes.append(node)
        return True

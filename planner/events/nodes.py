# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nodes from a file, where no API is asked."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from models import Event, EventError, Node, utc
from planner.events.lines import LineError, Source, is_text, read_lines


class NodeFile:
    """The nodes of a file by their ids; a later line replaces an earlier one of the same id.

    `errors` are the lines that are no nodes.
    """

    def __init__(self, nodes: dict[str, Node], errors: tuple[EventError, ...] = ()) -> None:
        self.nodes = nodes
        self.errors = errors

    def __len__(self) -> int:
        return len(self.nodes)

    def expect(self, events: Sequence[Event]) -> None:
        """Do nothing: the nodes are here already."""

    def get(self, node_id: str) -> Node | None:
        """Return the node of that id, or None where the file has none."""
        return self.nodes.get(node_id)

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Tell whether the file has such a node that was created from `since` to `until`."""
        times = self._created.get((job, tree, branch, platform), [])
        position = bisect_left(times, since)
        return position < len(times) and times[position] <= until

    @cached_property
    def _created(self) -> dict[tuple[Any, ...], list[datetime]]:
        """Return when nodes of each name, tree, branch and platform were created, in order."""
        created: dict[tuple[Any, ...], list[datetime]] = {}
        for node in self.nodes.values():
            data = node.get("data")
            revision = data.get("kernel_revision") if isinstance(data, dict) else None
            moment = utc(node.get("created"))
            if not (isinstance(data, dict) and isinstance(revision, dict) and moment):
                continue
            about = (revision.get("tree"), revision.get("branch"), data.get("platform"))
            key = (node.get("name"), *about)
            if all(isinstance(part, str) for part in key):
                created.setdefault(key, []).append(moment)
        for times in created.values():
            times.sort()
        return created


def read_nodes(source: Source) -> NodeFile:
    """Return the nodes of a file, one JSON object a line.

    Raises:
        PlannerError: if the file cannot be read.
    """
    nodes: dict[str, Node] = {}
    errors: list[EventError] = []
    for line, told in read_lines(source):
        try:
            node = _node(told)
        except LineError as error:
            errors.append(EventError(line=line, event=None, text=str(error)))
        else:
            nodes[node["id"]] = node
    return NodeFile(nodes, tuple(errors))


def _node(told: Any) -> Node:
    """Return the node that a line tells of.

    Raises:
        LineError: if it tells of none; its text says why.
    """
    if isinstance(told, LineError):
        raise told
    if not isinstance(told, dict) or not isinstance(told.get("id"), str):
        raise LineError("this is no node: it has no 'id'")
    try:
        readable = is_text(told)
    except RecursionError as error:
        raise LineError("the node is nested too deeply") from error
    if not readable:
        raise LineError("a text in the node has half a character in it")
    return told

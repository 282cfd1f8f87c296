# SPDX-License-Identifier: LGPL-2.1-or-later
"""The node that an event is about, as KernelCI's scheduler sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from models import Event, Node, NodeLookup, Pin, Revision, utc
from planner.demand.facts import Lineage

_EPOCH = datetime.fromtimestamp(0, UTC)


class SubjectError(ValueError):
    """An event whose node cannot be used; the text says why."""


@dataclass(frozen=True)
class Subject:
    """The parent node of new jobs, and what of it the filters ask for.

    `jobfilter` and `platform_filter` are the event's or else the node's; empty where neither has
    a list. `happened` is the event's own time, `moment` when it was collected, if that is known.
    """

    node: Node
    lineage: Lineage
    revision: Mapping[str, Any]
    version: Mapping[str, Any]
    jobfilter: tuple[str, ...]
    platform_filter: tuple[str, ...]
    retry: int
    happened: datetime
    moment: datetime

    @classmethod
    def of(cls, event: Event, nodes: NodeLookup | None, now: datetime | None) -> "Subject":
        """Return the subject of `event`; without `nodes` the event's own dictionary is the node.

        Raises:
            SubjectError: if the node is not known, or is none that jobs can be made for.
        """
        lookup: Callable[[str], Node | None] = nodes.get if nodes is not None else _nowhere
        node = event.data if nodes is None else lookup(event.data["id"])
        if node is None:
            raise SubjectError(f"its node {event.data['id']} is not known")
        data = node.get("data")
        revision = data.get("kernel_revision") if isinstance(data, dict) else None
        if not isinstance(revision, dict):
            raise SubjectError(f"its node {event.data['id']} has no data.kernel_revision")
        for key in ("tree", "branch"):
            if not isinstance(revision.get(key), str | None):
                raise SubjectError(f"its node {event.data['id']} has a {key} that is no text")
        version = revision.get("version")
        told = event.timestamp or utc(node.get("updated")) or utc(node.get("created"))
        happened = told or now or _EPOCH
        retry = event.data.get("retry_counter")
        return cls(
            node=node,
            lineage=Lineage(node, lookup),
            revision=revision,
            version=version if isinstance(version, dict) else {},
            jobfilter=_names(event.data, node, "jobfilter"),
            platform_filter=_names(event.data, node, "platform_filter"),
            retry=retry if isinstance(retry, int) else 0,
            happened=happened,
            moment=now or happened,
        )

    @property
    def submitter(self) -> str | None:
        """Return who submitted the node, None where it does not name anybody."""
        submitter = self.node.get("submitter")
        return submitter if isinstance(submitter, str) else None

    @property
    def pin(self) -> Pin | None:
        """Return where alone new jobs may go: `data.planner.pin` of the node, if it is one.

        What cannot be read pins nothing.
        """
        data = self.node.get("data")
        ours = data.get("planner") if isinstance(data, dict) else None
        said = ours.get("pin") if isinstance(ours, dict) else None
        try:
            return None if said is None else Pin.model_validate(said)
        except ValidationError:
            return None

    @property
    def path(self) -> list[str]:
        """Return the names of the node's ancestors and its own."""
        path = self.node.get("path")
        return [str(name) for name in path] if isinstance(path, list) else []

    @cached_property
    def tested(self) -> Revision | None:
        """Return the revision that new jobs test, None where the node does not say enough.

        Revisions of a branch are ordered by when the checkout was made.
        """
        tree, branch = self.revision.get("tree"), self.revision.get("branch")
        commit = self.revision.get("commit")
        if not (isinstance(tree, str) and isinstance(branch, str) and isinstance(commit, str)):
            return None
        root = self.lineage.oldest()
        patchset = self.revision.get("patchset") is not None or "patchset" in self.path
        seen = utc(root.get("created")) or utc(self.node.get("created")) or self.moment
        return Revision(tree=tree, branch=branch, commit=commit, patchset=patchset, seen=seen)


def _nowhere(node_id: str) -> Node | None:
    return None


def _names(event: Mapping[str, Any], node: Node, key: str) -> tuple[str, ...]:
    for source in (event, node):
        value = source.get(key)
        if isinstance(value, list) and value:
            return tuple(map(str, value))
    return ()

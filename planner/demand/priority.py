# SPDX-License-Identifier: LGPL-2.1-or-later
"""How urgent a job is, from 0 to 100, by KernelCI's rule."""

from collections.abc import Iterable, Mapping
from typing import Any

from models import BuildConfig, Job, Node

NAMED = {"low": 20, "medium": 40, "high": 60}
DEFAULT = NAMED["low"]
HUMAN = 80
PIPELINE = "service:pipeline"


def number(priority: Any) -> int | None:
    """Return a priority as a number from 0 to 100; None where it says nothing that is one."""
    if isinstance(priority, str):
        if priority in NAMED:
            return NAMED[priority]
        if not priority.isdecimal() or len(priority) > len("100"):
            return None
        priority = int(priority)
    if isinstance(priority, bool) or not isinstance(priority, int | float):
        return None
    return int(min(100, max(0, priority)))  # held to the range first: infinity is no int


class Priorities:
    """The priorities of jobs, with those of trees and branches that replace them."""

    def __init__(self, build_configs: Iterable[BuildConfig]) -> None:
        self._trees: dict[tuple[Any, Any], int] = {}
        for config in build_configs:
            value = number(config.priority)
            if value is not None:
                self._trees.setdefault((config.tree, config.branch), value)

    def of(self, job: Job, node: Node, revision: Mapping[str, Any]) -> int:
        """Return the priority of `job` for `node`, before any lab rescales it.

        A human's node says its own, or is urgent; otherwise the tree's counts, then the job's.
        """
        submitter = node.get("submitter")
        if submitter and submitter != PIPELINE:
            own = number(node["data"].get("priority"))
            return HUMAN if own is None else own
        tree = self._trees.get((revision.get("tree"), revision.get("branch")))
        own = number(job.priority) if tree is None else tree
        return DEFAULT if own is None else own

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What placing a run is worth, by priority and age, and where trees count alike by its turn."""

from collections.abc import Sequence
from datetime import datetime

from models import Policy, Request, TreeWeights

QUARTER_S = 900  # ages count in whole quarters of an hour, so that requests of a batch stay alike
FIRST = 100  # points of the best run of each tree's first change, where trees count alike


def worths(policy: Policy, requests: Sequence[Request], now: datetime) -> list[int]:
    """Return what one run of each request is worth at `now`, in hundredths of a point.

    Where the policy has trees count alike, the best run of the n-th waiting change of every tree is
    worth a n-th of what that of its first is, whatever the tree's priority.
    """
    points = [policy.value_base + policy.value_per_priority * r.priority for r in requests]
    aged = [100 + policy.age_percent_per_hour * _quarters(r, now) // 4 for r in requests]
    if policy.trees is TreeWeights.ABSOLUTE:
        return [worth * age for worth, age in zip(points, aged, strict=True)]
    top: dict[str | None, int] = {}
    for request, worth in zip(requests, points, strict=True):
        top[_tree(request)] = max(worth, top.get(_tree(request), 1))
    return [
        FIRST * worth * age // (top[_tree(request)] * turn)
        for request, worth, age, turn in zip(requests, points, aged, _turns(requests), strict=True)
    ]


def _quarters(request: Request, now: datetime) -> int:
    return max(0, int((now - request.created).total_seconds()) // QUARTER_S)


def _tree(request: Request) -> str | None:
    return request.revision.tree if request.revision else None


def _turns(requests: Sequence[Request]) -> list[int]:
    """Return for each request which of its tree's waiting changes it tests, the oldest being 1.

    A change is a checkout of a branch; what tests no revision is a change by its parent.
    """
    waiting: dict[str | None, set[tuple[datetime, str, str]]] = {}
    for request in requests:
        waiting.setdefault(_tree(request), set()).add(_change(request))
    turn = {
        (tree, change): n
        for tree, changes in waiting.items()
        for n, change in enumerate(sorted(changes), start=1)
    }
    return [turn[_tree(request), _change(request)] for request in requests]


def _change(request: Request) -> tuple[datetime, str, str]:
    revision = request.revision
    if revision is None:
        return request.created, request.parent, ""
    return revision.seen, revision.branch, revision.commit

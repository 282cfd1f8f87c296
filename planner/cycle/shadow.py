# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what another scheduler really created with what was planned for the same parents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from models import Node, RunRecord, RunState, Shadow, Twice

Key = tuple[str, str]  # parent and job
_UNPLACED = frozenset({RunState.WAITING, RunState.EXPIRED, RunState.SUPERSEDED, RunState.WITHDRAWN})


def compare(nodes: Iterable[Node], runs: Iterable[RunRecord]) -> Shadow:
    """Return how the nodes that another scheduler created compare with our runs.

    Nodes of ours are left out, and so are parents that one of the two never heard of.
    """
    theirs = _theirs(nodes)
    ours: dict[Key, list[RunRecord]] = defaultdict(list)
    for run in runs:
        ours[run.parent, run.job].append(run)
    both = {parent for parent, _ in theirs} & {parent for parent, _ in ours}
    keys = sorted(key for key in {*theirs, *ours} if key[0] in both)
    told = [_twice(key, theirs, ours) for key in keys]
    apart = [one for one in told if sorted(one.theirs) != sorted(one.ours)]
    return Shadow(
        alike=len(told) - len(apart),
        elsewhere=tuple(one for one in apart if one.theirs and one.ours),
        only_theirs=tuple(one for one in apart if not one.ours),
        only_ours=tuple(one for one in apart if not one.theirs),
    )


def _theirs(nodes: Iterable[Node]) -> dict[Key, list[tuple[str, str]]]:
    found: dict[Key, list[tuple[str, str]]] = defaultdict(list)
    for node in nodes:
        data = node.get("data")
        if not isinstance(data, dict) or "planner" in data or not node.get("parent"):
            continue
        place = str(data.get("runtime")), str(data.get("platform"))
        found[str(node["parent"]), str(node.get("name"))].append(place)
    return found


def _twice(
    key: Key,
    theirs: Mapping[Key, list[tuple[str, str]]],
    ours: Mapping[Key, list[RunRecord]],
) -> Twice:
    runs = ours.get(key, [])
    waiting = [run for run in runs if run.state in _UNPLACED]
    placed = [(r.runtime, r.platform) for r in runs if r.runtime and r.platform]
    reason = next((run.reason for run in waiting if run.reason), None)
    return Twice(
        parent=key[0],
        job=key[1],
        theirs=tuple(theirs.get(key, ())),
        ours=tuple(placed),
        waiting=len(waiting),
        why=None if reason is None else reason.text,
    )

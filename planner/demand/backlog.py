# SPDX-License-Identifier: LGPL-2.1-or-later
"""What still waits after a cycle, and what ends without having been placed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from models import End, Request, Revision, RunState

Branch = tuple[str, str]


def review_backlog(
    requests: Iterable[Request], newest: Mapping[Branch, Revision], now: datetime
) -> tuple[tuple[Request, ...], tuple[End, ...]]:
    """Return the requests that go on waiting at `now`, and the ends of the others.

    A request ends when a newer revision of its tree and branch was seen (`newest`), or when its
    deadline is over. Patches that are tested on top of a branch neither end others nor are
    ended: they are no later state of it.
    """
    waiting: list[Request] = []
    ends: list[End] = []
    for request in requests:
        revision = request.revision
        newer = newest.get((revision.tree, revision.branch)) if revision else None
        if revision and newer and is_superseded(newer, revision):
            text = f"{newer.tree}:{newer.branch} went on to {newer.commit[:12]}"
            ends.append(End(request=request.key, state=RunState.SUPERSEDED, text=text, at=now))
        elif now >= request.deadline:
            text = f"it had to start before {request.deadline:%Y-%m-%d %H:%M:%S} UTC"
            ends.append(End(request=request.key, state=RunState.EXPIRED, text=text, at=now))
        else:
            waiting.append(request)
    return tuple(waiting), tuple(ends)


def newest_revisions(
    requests: Iterable[Request], known: Mapping[Branch, Revision]
) -> dict[Branch, Revision]:
    """Return the newest revision of each branch among `requests` and those `known` before."""
    newest = dict(known)
    for revision in (request.revision for request in requests):
        if revision is None or revision.patchset:
            continue
        branch = (revision.tree, revision.branch)
        if branch not in newest or revision.seen > newest[branch].seen:
            newest[branch] = revision
    return newest


def is_superseded(newer: Revision, older: Revision) -> bool:
    """Tell whether a branch went on from the one revision to the other."""
    return not older.patchset and newer.commit != older.commit and newer.seen > older.seen

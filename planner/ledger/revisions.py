# SPDX-License-Identifier: LGPL-2.1-or-later
"""The newest revision of each branch, by which older requests are superseded."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from models import Request, Revision
from planner.ledger.rows import put
from planner.ledger.schema import revision, storable


def newest(connection: Connection) -> dict[tuple[str, str], Revision]:
    """Return the newest revision seen of each (tree, branch)."""
    return {
        (row.tree, row.branch): Revision(
            tree=row.tree, branch=row.branch, commit=row.commit, patchset=False, seen=row.seen
        )
        for row in connection.execute(select(revision))
    }


def remember(connection: Connection, requests: Iterable[Request]) -> None:
    """Keep the revisions of the requests that are newer than what was seen of their branch."""
    seen = newest(connection)
    newer: dict[tuple[str, str], Revision] = {}
    for found in (request.revision for request in requests):
        if found is None or found.patchset:
            continue
        branch = (storable(found.tree), storable(found.branch))
        best = newer.get(branch) or seen.get(branch)
        if best is None or found.seen > best.seen:
            newer[branch] = found
    rows = [
        {"tree": tree, "branch": branch, "commit": found.commit, "seen": found.seen}
        for (tree, branch), found in newer.items()
    ]
    put(connection, revision, rows)

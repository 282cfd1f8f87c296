# SPDX-License-Identifier: LGPL-2.1-or-later
"""The newest revision of each branch, by which older requests are superseded."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from models import Request, Revision
from planner.ledger.rows import add, apply
from planner.ledger.schema import revision


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
    for request in requests:
        found = request.revision
        if found is None or found.patchset:
            continue
        branch = (found.tree, found.branch)
        best = newer.get(branch) or seen.get(branch)
        if best is None or found.seen > best.seen:
            newer[branch] = found
    change = update(revision).where(
        revision.c.tree == bindparam("of_tree"), revision.c.branch == bindparam("of_branch")
    )
    said = {branch: {"commit": found.commit, "seen": found.seen} for branch, found in newer.items()}
    apply(
        connection,
        change,
        [
            {"of_tree": tree, "of_branch": branch, **row}
            for (tree, branch), row in said.items()
            if (tree, branch) in seen
        ],
    )
    add(
        connection,
        revision,
        [
            {"tree": tree, "branch": branch, **row}
            for (tree, branch), row in said.items()
            if (tree, branch) not in seen
        ],
    )

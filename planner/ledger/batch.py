# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a cycle collected, kept before anything is made of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from models import Cursor, End, Event, Node, Request, RunState
from planner.ledger import cursors, cycles, revisions
from planner.ledger import requests as wanted
from planner.ledger.documents import text_of
from planner.ledger.rows import add, put, those_in
from planner.ledger.schema import event, node, request, served


def unseen(connection: Connection, events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events whose content was never recorded."""
    seen = those_in(connection, event.c.fingerprint, {e.fingerprint for e in events})
    return tuple(e for e in events if e.fingerprint not in seen)


def known(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """Return those of the keys that belong to recorded requests, also of long ago."""
    asked = set(keys)
    return those_in(connection, request.c.key, asked) | those_in(
        connection, served.c.request, asked
    )


def record(
    connection: Connection,
    now: datetime,
    *,
    events: Sequence[Event],
    requests: Sequence[Request],
    nodes: Mapping[str, Node],
    ends: Sequence[End],
    problems: Sequence[str],
    cursor: Cursor | None,
    retried: Sequence[str] = (),
) -> int:
    """Open a cycle with what is new in the batch, and return its number."""
    fingerprints = dict.fromkeys(e.fingerprint for e in unseen(connection, events))
    fresh = _never_told(connection, requests)
    number = cycles.begin(
        connection, now, events=len(fingerprints), requests=len(fresh), problems=problems
    )
    add(connection, event, [{"fingerprint": f, "recorded": now} for f in fingerprints])
    if cursor is not None:
        cursors.move(connection, cursor)
    _keep_parents(connection, now, fresh, nodes)
    wanted.add_requests(connection, now, fresh, nodes)
    revisions.remember(connection, requests)
    errors = [
        End(request=r.key, state=RunState.WITHDRAWN, reason=r.error, at=now)
        for r in fresh
        if r.error is not None
    ]
    wanted.end(connection, [*errors, *ends])
    wanted.mark_retried(connection, retried)
    return number


def _never_told(connection: Connection, requests: Sequence[Request]) -> tuple[Request, ...]:
    """Return the requests that were never recorded, each once."""
    told = known(connection, [r.key for r in requests])
    fresh: dict[str, Request] = {}
    for one in requests:
        if one.key not in told:
            fresh.setdefault(one.key, one)
    return tuple(fresh.values())


def _keep_parents(
    connection: Connection, now: datetime, requests: Sequence[Request], nodes: Mapping[str, Node]
) -> None:
    """Keep the parents as they are now: a later node has artifacts that an earlier one lacked.

    Raises:
        ValueError: if a request that can be planned has a parent that nobody ever showed us.
    """
    unshown = {r.parent for r in requests if r.error is None} - nodes.keys()
    unknown = unshown - those_in(connection, node.c.id, unshown)
    if unknown:
        raise ValueError(f"no node for the parents {sorted(unknown)}")
    rows = [
        {"id": key, "document": text_of(nodes[key]), "recorded": now}
        for key in dict.fromkeys(r.parent for r in requests)
        if key in nodes
    ]
    put(connection, node, rows)

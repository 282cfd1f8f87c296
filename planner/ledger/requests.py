# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests and their runs: how they come, wait and end without ever being sent."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from models import End, Node, Request, RunState, SentRun, Spoiled
from planner.ledger.documents import noun_of, text_of
from planner.ledger.rows import add, apply
from planner.ledger.schema import document, request, run
from planner.ledger.states import SENT


def add_requests(
    connection: Connection, now: datetime, requests: Sequence[Request], nodes: Mapping[str, Node]
) -> None:
    """Store new requests, each with a waiting run for each one that it asks for."""
    add(connection, request, [_request_row(r) for r in requests])
    add(connection, document, [_document_row(r, now) for r in requests])
    add(connection, run, [row for r in requests for row in _run_rows(r, nodes.get(r.parent))])


def _request_row(wanted: Request) -> dict[str, Any]:
    of = wanted.revision
    return {
        "key": wanted.key,
        "entry": wanted.entry,
        "job": wanted.job,
        "kind": wanted.kind,
        "parent": wanted.parent,
        "retry": wanted.retry,
        "priority": wanted.priority,
        "tree": of.tree if of else None,
        "branch": of.branch if of else None,
        "commit": of.commit if of else None,
        "patchset": of.patchset if of else None,
        "seen": of.seen if of else None,
        "created": wanted.created,
        "deadline": wanted.deadline,
    }


def _document_row(wanted: Request, now: datetime) -> dict[str, Any]:
    text = text_of(wanted.model_copy(update={"sent": ()}))
    return {"request": wanted.key, "text": text, "recorded": now}


def _run_rows(wanted: Request, parent: Node | None) -> Iterator[dict[str, Any]]:
    data = (parent or {}).get("data")
    arch = data.get("arch") if isinstance(data, dict) else None
    for index in range(wanted.runs.number):
        yield {
            "key": wanted.run(index),
            "request": wanted.key,
            "position": index,
            "job": wanted.job,
            "kind": wanted.kind,
            "arch": arch if isinstance(arch, str) else None,
            "tree": wanted.revision.tree if wanted.revision else None,
            "state": RunState.WAITING,
            "infrastructure": False,
        }


def end(connection: Connection, ends: Sequence[End]) -> None:
    """End the waiting runs of requests; those that were sent go their way.

    A run that ends without a new reason keeps the one that it waited for.
    """
    waiting = (run.c.request == bindparam("of"), run.c.state == RunState.WAITING)
    reasons = [
        {
            "of": e.request,
            "reason_tier": e.reason.tier,
            "reason_code": e.reason.code,
            "reason_text": e.reason.text,
        }
        for e in ends
        if e.reason is not None
    ]
    apply(connection, update(run).where(*waiting), reasons)
    rows = [{"of": e.request, "state": e.state, "closed": e.at, "detail": e.text} for e in ends]
    has_node = run.c.node_id.is_not(None)
    apply(connection, update(run).where(*waiting).values(untold=has_node), rows)


def backlog(connection: Connection) -> tuple[Request, ...]:
    """Return the requests with a waiting run, oldest first, each with its runs that were sent."""
    waiting = select(run.c.request).where(run.c.state == RunState.WAITING)
    place = (run.c.position.label("index"), run.c.runtime, run.c.platform, run.c.device_type)
    # Were their states asked for, a database would look through all that was ever sent.
    rows = connection.execute(
        select(run.c.request, run.c.state, *place)
        .where(run.c.request.in_(waiting))
        .order_by(run.c.request, run.c.position)
    ).mappings()
    sent: dict[str, list[SentRun]] = {}
    for row in rows:
        if row["state"] in SENT:
            taken = SentRun.model_validate({column.name: row[column.name] for column in place})
            sent.setdefault(row["request"], []).append(taken)
    documents = connection.execute(
        select(request.c.key, document.c.text)
        .join_from(request, document)
        .where(request.c.key.in_(waiting))
        .order_by(request.c.created, request.c.key)
    )
    return tuple(
        noun_of(Request, text).model_copy(update={"sent": tuple(sent.get(key, ()))})
        for key, text in documents
    )


def spoiled(connection: Connection, since: datetime, retries: int) -> tuple[Spoiled, ...]:
    """Return what infrastructure spoiled since then, and nobody asked for again yet."""
    place = (run.c.position.label("index"), run.c.runtime, run.c.platform, run.c.device_type)
    rows = connection.execute(
        select(run.c.key, *place, document.c.text)
        .join_from(run, request)
        .join(document, document.c.request == request.c.key)
        .where(
            run.c.closed >= since,
            run.c.state == RunState.FINISHED,
            run.c.infrastructure,
            ~run.c.retried,
            request.c.retry < retries,
        )
        .order_by(run.c.closed, run.c.key)
    ).mappings()
    return tuple(
        Spoiled(
            run=row["key"],
            request=noun_of(Request, row["text"]),
            place=SentRun.model_validate({column.name: row[column.name] for column in place}),
        )
        for row in rows
    )


def mark_retried(connection: Connection, runs: Sequence[str]) -> None:
    """Write down that these runs were asked for again."""
    change = update(run).where(run.c.key == bindparam("of_run")).values(retried=True)
    apply(connection, change, [{"of_run": key} for key in runs])

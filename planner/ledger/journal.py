# SPDX-License-Identifier: LGPL-2.1-or-later
"""The journal of intents: what was about to be sent, and what became of it."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, func, select, update

from models import FINAL_STATES, Order, Outcome, Queued, Reason, Revision, RunState, Sent, Word
from planner.ledger.rows import apply, chunks
from planner.ledger.schema import document, node, request, run
from planner.ledger.states import UNDER_WAY

log = logging.getLogger(__name__)

PLANNER = "planner"  # who claims what no submitter does
# What an intent writes, and giving back takes away.
INTENT = (
    "plan",
    "runtime",
    "platform",
    "device_type",
    "context",
    "priority",
    "expected_start_s",
    "expected_queue_s",
    "expected_duration_s",
    "expected_p90_s",
    "expected_cost",
    "intended",
    "send_by",
    "claimed_by",
)
# What a run that was not sent goes on to know of its place, by where that stood.
HAD = ("runtime", "platform", "device_type", "context")
BY_PLANNER = run.c.claimed_by == PLANNER
_HAS_NODE = run.c.node_id.is_not(None)

# What a runtime may tell of a run, by where it stands. It may know more than we wrote down: the
# run arrived, and the planner died before it heard so.
_NEWS = {
    RunState.INTENDED: (RunState.SUBMITTED, RunState.STARTED, RunState.FINISHED),
    RunState.SUBMITTED: (RunState.SUBMITTED, RunState.STARTED, RunState.FINISHED),
    RunState.STARTED: (RunState.STARTED, RunState.FINISHED),
}


def orders(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Order, ...]:
    """Return what is intended and fulfils the conditions, the oldest intents first."""
    rows = connection.execute(
        select(
            run.c.key.label("run"),
            run.c.request,
            run.c.job,
            run.c.kind,
            run.c.position.label("index"),
            request.c.retry,
            request.c.parent,
            run.c.runtime,
            run.c.platform,
            run.c.device_type,
            run.c.context,
            run.c.priority,
            run.c.tree,
            run.c.plan,
            node.c.document.label("node"),
            run.c.intended,
            run.c.send_by,
            run.c.expected_start_s.label("start_s"),
            run.c.expected_duration_s.label("duration_s"),
            run.c.node_id,
            run.c.sought,
            document.c.text.label("request_document"),
        )
        .join_from(run, request)
        .join(node, node.c.id == request.c.parent)
        .join(document, document.c.request == request.c.key)
        .where(run.c.state == RunState.INTENDED, *conditions)
        .order_by(run.c.intended, run.c.key)
    ).mappings()
    return tuple(map(_order, rows))


def _order(row: RowMapping) -> Order:
    fields = dict(row)
    wanted = json.loads(fields.pop("request_document"))
    filters = {name: wanted.get(name, ()) for name in ("jobfilter", "platform_filter")}
    return Order.model_validate({**fields, **filters, "node": json.loads(fields["node"])})


def under_way(connection: Connection) -> dict[str, tuple[Sent, ...]]:
    """Return the runs that were sent and are not over, by runtime."""
    found: dict[str, list[Sent]] = {}
    names = ("runtime", "job_id", "context", "node_id", "device_type", "submitted", "job", "tree")
    rows = connection.execute(
        select(run.c.key.label("run"), *(run.c[name] for name in names))
        .where(run.c.state.in_(UNDER_WAY))
        .order_by(run.c.runtime, run.c.key)
    ).mappings()
    for row in rows:
        found.setdefault(row["runtime"], []).append(Sent.model_validate(dict(row)))
    return {runtime: tuple(sent) for runtime, sent in found.items()}


def queued(connection: Connection) -> tuple[Queued, ...]:
    """Return the runs that were sent and, as far as is known, did not start."""
    names = ("runtime", "job_id", "context", "node_id", "device_type", "submitted")
    of_revision = ("tree", "branch", "commit", "patchset", "seen")
    rows = connection.execute(
        select(
            run.c.key.label("run"),
            *(run.c[name] for name in names),
            *(request.c[name] for name in of_revision),
        )
        .join_from(run, request)
        .where(run.c.state == RunState.SUBMITTED)
        .order_by(run.c.key)
    ).mappings()
    return tuple(
        Queued(
            sent=Sent.model_validate({name: row[name] for name in ("run", *names)}),
            revision=Revision.model_validate({name: row[name] for name in of_revision})
            if row["commit"] is not None
            else None,
        )
        for row in rows
    )


def mark_submitted(connection: Connection, key: str, job_id: str, now: datetime) -> None:
    """Write down that the runtime has the run, also where it told of it before."""
    sent = {"job_id": job_id, "submitted": now, "untold": _HAS_NODE, "sought": None}
    if _states(connection, [key]).get(key) in (*UNDER_WAY, RunState.FINISHED):
        named = ("job_id", "submitted")
        first = {name: func.coalesce(run.c[name], sent[name]) for name in named}
        change = update(run).where(run.c.key == key)
        connection.execute(change.values(untold=_HAS_NODE, **first))
    else:
        settle(connection, [key], RunState.SUBMITTED, **sent)


def mark_node(connection: Connection, key: str, node_id: str) -> None:
    """Write down the node that a run has at the API."""
    connection.execute(update(run).where(run.c.key == key).values(node_id=node_id))


def mark_sought(connection: Connection, key: str, now: datetime) -> None:
    """Write down since when a run is looked for, unless it is already; the planner goes on."""
    since = func.coalesce(run.c.sought, now)
    change = update(run).where(run.c.key == key)
    connection.execute(change.values(sought=since, claimed_by=PLANNER))


def awaits(connection: Connection, order: Order) -> bool:
    """Tell whether the run is to go, or went, where and by which plan the order says."""
    named = ("plan", "runtime", "intended")
    as_ordered = [run.c[name] == getattr(order, name) for name in named]
    states = (RunState.INTENDED, *UNDER_WAY, RunState.FINISHED)
    there = select(run.c.key).where(run.c.key == order.run, run.c.state.in_(states), *as_ordered)
    return connection.execute(there).first() is not None


def untold(connection: Connection) -> tuple[Word, ...]:
    """Return what the API has to be told of runs, the oldest intents first."""
    names = ("node_id", "state", "runtime", "job_id", "context", "result", "error_code")
    rows = connection.execute(
        select(run.c.key.label("run"), *(run.c[name] for name in names), run.c.detail.label("text"))
        .where(run.c.untold, run.c.node_id.is_not(None))
        .order_by(run.c.intended, run.c.key)
    ).mappings()
    return tuple(Word.model_validate(dict(row)) for row in rows)


def mark_told(connection: Connection, words: Sequence[Word]) -> None:
    """Write down that the API knows that much; what came after is still to be told."""
    same = (run.c.key == bindparam("of_run"), run.c.state == bindparam("in_state"))
    change = update(run).where(*same).values(untold=False)
    apply(connection, change, [{"of_run": w.run, "in_state": w.state} for w in words])


def give_back(connection: Connection, key: str, reason: Reason | None) -> None:
    """Have the run wait again, without a place, for that reason."""
    why: dict[str, Any] = {}
    if reason is not None:
        told = {"tier": reason.tier, "code": reason.code, "text": reason.text}
        why = {f"reason_{name}": value for name, value in told.items()}
        why["waits_since"] = run.c.planned
    settle(connection, [key], RunState.WAITING, **without_place(), **why)


def without_place() -> dict[str, Any]:
    """Return what changes of a run that loses its place: all of the intent, but where it had it."""
    return {
        **dict.fromkeys((*INTENT, "sought")),
        **{f"had_{name}": run.c[name] for name in HAD},
    }


def fail(connection: Connection, key: str, text: str, code: str, now: datetime) -> None:
    """Write down that a run can not be sent."""
    why = {"detail": text, "error_code": code, "untold": _HAS_NODE, "sought": None}
    settle(connection, [key], RunState.FAILED, closed=now, **why)


def settle(connection: Connection, keys: Sequence[str], to: RunState, **also: Any) -> None:
    """Write down what came of intents; saying the same again changes nothing.

    Raises:
        ValueError: if a run is neither intended nor that already.
    """
    for chunk in chunks(keys):
        states = _states(connection, chunk)
        for key in chunk:
            if states.get(key) not in (RunState.INTENDED, to):
                stands = states.get(key, "unknown")
                raise ValueError(f"run {key} is {stands} and can not become {to}")
        intended = run.c.key.in_(chunk), run.c.state == RunState.INTENDED
        connection.execute(update(run).where(*intended).values(state=to, **also))


def _states(connection: Connection, keys: Sequence[str]) -> dict[str, RunState]:
    rows = connection.execute(select(run.c.key, run.c.state).where(run.c.key.in_(keys)))
    return {row.key: row.state for row in rows}


def record_outcomes(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what runtimes tell of runs; what is no news is left alone.

    That is what they tell of a run that is over, or that it is not as far as it was known to be.
    """
    known = _what_is_known(connection, [outcome.run for outcome in outcomes])
    told: dict[str, dict[str, Any]] = {}
    for outcome in outcomes:
        before = told.get(outcome.run) or known.get(outcome.run)
        if before is None:
            log.warning("%s: a runtime tells of it, and nobody wanted it", outcome.run)
        elif outcome.state in _NEWS.get(before["state"], ()):
            told[outcome.run] = _told(before, outcome, now)
    change = update(run).where(run.c.key == bindparam("told_of"))
    apply(connection, change, [{"told_of": key, **row} for key, row in told.items()])


def _is_to_be_told(before: dict[str, Any], outcome: Outcome) -> bool:
    """Tell whether the API has to hear of it: that the run was sent, or that it is over."""
    news = before["state"] is RunState.INTENDED or outcome.state in FINAL_STATES
    return news and before["node_id"] is not None


def _what_is_known(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    names = ("state", "intended", "job_id", "submitted", "started", "detail", "node_id", "untold")
    columns = [run.c[name] for name in names]
    return {
        row.key: dict(zip(names, row[1:], strict=True))
        for chunk in chunks(dict.fromkeys(keys))
        for row in connection.execute(select(run.c.key, *columns).where(run.c.key.in_(chunk)))
    }


def _told(before: dict[str, Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "state": outcome.state,
        "node_id": before["node_id"],
        "intended": before["intended"],
        "job_id": outcome.job_id or before["job_id"],
        "submitted": before["submitted"] or before["intended"],
        "started": outcome.started or before["started"],
        "ended": outcome.ended,
        "closed": now if outcome.state in FINAL_STATES else None,
        "result": outcome.result,
        "exit_status": outcome.exit_status,
        "infrastructure": outcome.infrastructure,
        "detail": outcome.detail or before["detail"],
        "untold": before["untold"] or _is_to_be_told(before, outcome),
        "sought": None,
    }

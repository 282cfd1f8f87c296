# SPDX-License-Identifier: LGPL-2.1-or-later
"""The journal of intents: what was about to be sent, and what became of it."""

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from models import FINAL_STATES, Order, Outcome, RunState, Sent
from planner.ledger.rows import apply, chunks
from planner.ledger.schema import node, request, run
from planner.ledger.states import UNDER_WAY

log = logging.getLogger(__name__)

# What an intent writes, and giving back takes away.
_INTENT = (
    "plan",
    "runtime",
    "platform",
    "device_type",
    "priority",
    "expected_start_s",
    "expected_duration_s",
    "expected_cost",
    "intended",
)
# What a runtime may tell of a run, by where it stands. It may know more than we wrote down: the
# run arrived, and the planner died before it heard so.
_NEWS = {
    RunState.INTENDED: (RunState.SUBMITTED, RunState.STARTED, RunState.FINISHED),
    RunState.SUBMITTED: (RunState.SUBMITTED, RunState.STARTED, RunState.FINISHED),
    RunState.STARTED: (RunState.STARTED, RunState.FINISHED),
}


def orders(connection: Connection) -> tuple[Order, ...]:
    """Return what is intended, the oldest intents first."""
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
            run.c.plan,
            node.c.document.label("node"),
            run.c.intended,
            run.c.node_id,
        )
        .join_from(run, request)
        .join(node, node.c.id == request.c.parent)
        .where(run.c.state == RunState.INTENDED)
        .order_by(run.c.intended, run.c.key)
    ).mappings()
    return tuple(Order.model_validate({**row, "node": json.loads(row["node"])}) for row in rows)


def under_way(connection: Connection) -> dict[str, tuple[Sent, ...]]:
    """Return the runs that were sent and are not over, by runtime."""
    found: dict[str, list[Sent]] = {}
    names = ("runtime", "job_id", "context", "node_id", "device_type", "submitted")
    rows = connection.execute(
        select(run.c.key.label("run"), *(run.c[name] for name in names))
        .where(run.c.state.in_(UNDER_WAY))
        .order_by(run.c.runtime, run.c.key)
    ).mappings()
    for row in rows:
        found.setdefault(row["runtime"], []).append(Sent.model_validate(dict(row)))
    return {runtime: tuple(sent) for runtime, sent in found.items()}


def mark_submitted(connection: Connection, key: str, job_id: str, now: datetime) -> None:
    """Write down that the runtime has the run, also where it told of it before."""
    sent = {"job_id": job_id, "submitted": now}
    if _states(connection, [key]).get(key) in (*UNDER_WAY, RunState.FINISHED):
        first = {name: func.coalesce(run.c[name], value) for name, value in sent.items()}
        connection.execute(update(run).where(run.c.key == key).values(first))
    else:
        settle(connection, [key], RunState.SUBMITTED, **sent)


def give_back(connection: Connection, key: str) -> None:
    """Have the run wait again, without a place."""
    settle(connection, [key], RunState.WAITING, **dict.fromkeys(_INTENT))


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


def _what_is_known(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    names = ("state", "intended", "job_id", "submitted", "started", "detail")
    columns = [run.c[name] for name in names]
    return {
        row.key: dict(zip(names, row[1:], strict=True))
        for chunk in chunks(dict.fromkeys(keys))
        for row in connection.execute(select(run.c.key, *columns).where(run.c.key.in_(chunk)))
    }


def _told(before: dict[str, Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "state": outcome.state,
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
    }

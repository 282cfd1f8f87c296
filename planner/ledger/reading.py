# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the ledger tells people: where everything stands, and what happened."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from models import (
    CycleRecord,
    LedgerHistory,
    LedgerStatus,
    Place,
    Reason,
    RunCount,
    RunRecord,
    RunState,
    UnderTest,
)
from planner.ledger.rows import chunks
from planner.ledger.schema import cycle, request, run, storable
from planner.ledger.states import PLACED, UNDER_WAY

_SHARED = [name for name in RunRecord.model_fields if name in run.c and name != "priority"]


def status(connection: Connection) -> LedgerStatus:
    """Return where everything stands."""
    counts = connection.execute(
        select(run.c.state, run.c.runtime, func.count())
        .group_by(run.c.state, run.c.runtime)
        .order_by(run.c.state, run.c.runtime)
    )
    under_way = _runs().where(run.c.state.in_((RunState.INTENDED, *UNDER_WAY)))
    cycles = _cycles(connection, 1)
    return LedgerStatus(
        cycle=cycles[0] if cycles else None,
        counts=tuple(
            RunCount(state=state, runtime=runtime, runs=runs) for state, runtime, runs in counts
        ),
        waiting=waiting(connection),
        under_way=_records(connection, under_way.order_by(run.c.intended, run.c.key)),
    )


def waiting(connection: Connection) -> tuple[RunRecord, ...]:
    """Return the runs that wait, oldest first."""
    oldest_first = (request.c.created, request.c.key, run.c.position)
    found = _runs().where(run.c.state == RunState.WAITING).order_by(*oldest_first)
    return _records(connection, found)


def history(connection: Connection, limit: int) -> LedgerHistory:
    """Return the last cycles and the last runs that closed, as many as `limit` of each."""
    closed = _runs().where(run.c.closed.is_not(None)).order_by(run.c.closed.desc(), run.c.key)
    return LedgerHistory(
        cycles=_cycles(connection, limit), runs=_records(connection, closed.limit(limit))
    )


def wanted_since(connection: Connection, since: datetime) -> tuple[RunRecord, ...]:
    """Return the runs of the requests that were made since then, oldest first."""
    found = _runs().where(request.c.created >= since).order_by(request.c.created, run.c.key)
    return _records(connection, found)


def runs(connection: Connection, keys: Sequence[str]) -> tuple[RunRecord, ...]:
    """Return these runs, as far as they are known, in the order of their keys."""
    found = (_records(connection, _runs().where(run.c.key.in_(chunk))) for chunk in chunks(keys))
    return tuple(sorted((record for part in found for record in part), key=lambda r: r.run))


def ran_since(
    connection: Connection,
    job: str,
    tree: str,
    branch: str,
    platform: str,
    since: datetime,
    until: datetime,
) -> bool:
    """Tell whether such a run got its place from `since` to `until`, both inclusive."""
    found = exists().where(
        run.c.job == job,
        run.c.platform == platform,
        run.c.intended.between(since, until),
        run.c.state.in_(PLACED),
        run.c.request == request.c.key,
        request.c.tree == tree,
        request.c.branch == branch,
    )
    return bool(connection.execute(select(found)).scalar())


def ran_before(
    connection: Connection, asked: Collection[UnderTest]
) -> dict[UnderTest, tuple[Place, ...]]:
    """Return where runs of these went; those count that are placed and not spoiled."""
    known = {UnderTest(*map(storable, one)): one for one in asked}
    found: dict[UnderTest, set[tuple[str, str, str]]] = {}
    what = (request.c.job, request.c.tree, request.c.commit)
    where = (run.c.runtime, run.c.platform, run.c.device_type)
    for chunk in chunks({one.commit for one in known}):
        rows = connection.execute(
            select(*what, *where)
            .distinct()
            .join_from(request, run)
            .where(
                request.c.commit.in_(chunk),
                ~request.c.patchset,
                run.c.state.in_(PLACED),
                ~run.c.infrastructure,
            )
        )
        for *tested, runtime, platform, device_type in rows:
            one = known.get(UnderTest(*tested))
            if one is not None:
                found.setdefault(one, set()).add((runtime, platform, device_type))
    return {
        one: tuple(
            Place(runtime=runtime, platform=platform, device_type=device_type)
            for runtime, platform, device_type in sorted(places)
        )
        for one, places in found.items()
    }


def _cycles(connection: Connection, limit: int) -> tuple[CycleRecord, ...]:
    rows = connection.execute(select(cycle).order_by(cycle.c.number.desc()).limit(limit))
    return tuple(
        CycleRecord.model_validate(
            {**row, **{name: json.loads(row[name]) for name in ("seconds", "counts", "problems")}}
        )
        for row in rows.mappings()
    )


def _runs() -> Select[Any]:
    shared = [run.c[name] for name in _SHARED]
    return select(
        run.c.key.label("run"),
        *shared,
        func.coalesce(run.c.priority, request.c.priority).label("priority"),
        run.c.reason_tier,
        run.c.reason_code,
        run.c.reason_text,
        *(request.c[name] for name in ("parent", "branch", "created", "deadline")),
    ).join_from(run, request)


def _records(connection: Connection, query: Select[Any]) -> tuple[RunRecord, ...]:
    return tuple(_record(dict(row)) for row in connection.execute(query).mappings())


def _record(row: dict[str, Any]) -> RunRecord:
    tier, code, text = (row.pop(f"reason_{name}") for name in ("tier", "code", "text"))
    reason = None if code is None else Reason(tier=tier, code=code, text=text)
    return RunRecord.model_validate({**row, "reason": reason})

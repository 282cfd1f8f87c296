# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans and what follows from them: intents, and the reasons of runs that wait."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from models import Assignment, Deferral, Order, Place, PlanDocument, PlanHeader, RunState
from planner.ledger import journal
from planner.ledger.documents import deflated, inflated
from planner.ledger.rows import apply, chunks
from planner.ledger.schema import cycle, plan, run


def record(
    connection: Connection, number: int, document: PlanDocument, leave: Collection[str]
) -> tuple[Order, ...]:
    """Keep the plan of a cycle, intend what it places, and write down why the others wait.

    The orders go in the plan's order; what is for the runtimes `leave` is not among them, but to
    be claimed by submitters.

    Raises:
        ValueError: if it places a run that does not wait.
    """
    header = document.plan
    connection.execute(
        insert(plan).values(
            cycle=number, id=header.id, recorded=header.created, document=deflated(document)
        )
    )
    placed, deferred = len(document.assignments), len(document.deferrals)
    connection.execute(
        update(cycle)
        .where(cycle.c.number == number)
        .values(plan=header.id, placed=placed, deferred=deferred)
    )
    _intend(connection, number, document, leave)
    _explain(connection, number, document.deferrals)
    in_error = update(run).where(run.c.request == bindparam("wanted")).values(planned=number)
    apply(connection, in_error, [{"wanted": error.request} for error in document.errors])
    ours = journal.orders(connection, journal.BY_PLANNER)
    intended = {order.run: order for order in ours}
    return tuple(
        intended[place.run] for place in document.assignments if place.runtime not in leave
    )


def _intend(
    connection: Connection, number: int, document: PlanDocument, leave: Collection[str]
) -> None:
    waiting = {
        key
        for chunk in chunks(assignment.run for assignment in document.assignments)
        for key in connection.execute(
            select(run.c.key).where(run.c.key.in_(chunk), run.c.state == RunState.WAITING)
        ).scalars()
    }
    for assignment in document.assignments:
        if assignment.run not in waiting:
            raise ValueError(f"run {assignment.run} does not wait, or has a place already")
        waiting.remove(assignment.run)
    no_reason = dict.fromkeys(("reason_tier", "reason_code", "reason_text", "waits_since"))
    change = (
        update(run)
        .where(run.c.key == bindparam("intended_run"))
        .values(
            state=RunState.INTENDED,
            planned=number,
            waited_for=func.coalesce(run.c.reason_code, run.c.waited_for),
            **no_reason,
        )
    )
    apply(connection, change, [_intent(document.plan, a, leave) for a in document.assignments])


def _intent(plan: PlanHeader, place: Assignment, leave: Collection[str]) -> dict[str, Any]:
    return {
        "intended_run": place.run,
        "plan": plan.id,
        "runtime": place.runtime,
        "platform": place.platform,
        "device_type": place.device_type,
        "context": place.context,
        "priority": place.priority,
        "intended": plan.created,
        "send_by": plan.valid_until,
        "claimed_by": None if place.runtime in leave else journal.PLANNER,
        "expected_start_s": place.start_s,
        "expected_queue_s": place.queue_s,
        "expected_duration_s": place.duration_s,
        "expected_p90_s": place.p90_s,
        "expected_cost": place.cost,
    }


def _explain(connection: Connection, number: int, deferrals: Sequence[Deferral]) -> None:
    """Write down why runs wait, and since which cycle it is for that reason."""
    as_before = run.c.reason_code == bindparam("code")
    change = (
        update(run)
        .where(run.c.key == bindparam("deferred_run"), run.c.state == RunState.WAITING)
        .values(
            planned=number,
            waits_since=case((as_before, run.c.waits_since), else_=number),
            **dict.fromkeys(f"had_{name}" for name in journal.HAD),
        )
    )
    rows = [
        {
            "deferred_run": deferral.run,
            "code": deferral.reason.code,
            "reason_tier": deferral.reason.tier,
            "reason_code": deferral.reason.code,
            "reason_text": deferral.reason.text,
        }
        for deferral in deferrals
    ]
    apply(connection, change, rows)


def last_places(connection: Connection) -> dict[str, Place]:
    """Return where the last plan had each run that was not sent and waits again."""
    had = (run.c[f"had_{name}"].label(name) for name in journal.HAD)
    rows = connection.execute(
        select(run.c.key, *had)
        .where(run.c.state == RunState.WAITING, run.c.had_runtime.is_not(None))
        .order_by(run.c.key)
    ).mappings()
    return {row["key"]: Place(**{name: row[name] for name in journal.HAD}) for row in rows}


def find(
    connection: Connection, *, number: int | None = None, of_run: str | None = None
) -> PlanDocument | None:
    """Return the plan of that cycle, or the last one that speaks of that run, or the last."""
    query = select(plan.c.document).order_by(plan.c.cycle.desc()).limit(1)
    if number is not None:
        query = query.where(plan.c.cycle == number)
    if of_run is not None:
        spoken_of = select(run.c.planned).where(run.c.key == of_run)
        query = query.where(plan.c.cycle == spoken_of.scalar_subquery())
    content = connection.execute(query).scalar()
    return None if content is None else inflated(PlanDocument, content)

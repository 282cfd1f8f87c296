# SPDX-License-Identifier: LGPL-2.1-or-later
"""A planner killed anywhere leaves what was before or what is after, and never a part of it."""

import os
import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, select

from models import End, PlannerError, Retention, RunState
from planner.ledger import Ledger
from planner.ledger.schema import metadata
from tests.ledger.nouns import (
    DAY,
    MINUTE,
    NOW,
    deferred,
    finish,
    intend,
    outcome,
    placed,
    plan,
    record,
    request,
)
from tests.ledger.nouns import event as an_event
from tests.ledger.test_rollup import ALL, told

DONE, KILLED, CRASHED = 0, 9, 1


def prepare(ledger: Ledger) -> int:
    """Have a ledger with something in each state, and return its open cycle."""
    intend(ledger, request("a", 3))
    ledger.mark_submitted("a-0", "17", NOW)
    finish(ledger, "done", at=NOW - 3 * DAY)
    ledger.roll_up(NOW, runs=9)
    finish(ledger, "over", at=NOW - DAY)
    number = record(ledger, request("b", 2), events=["seen"], at=NOW - DAY)
    ledger.record_plan(number, plan(deferrals=[deferred(request("b"))], at=NOW - DAY))
    return record(ledger)


def batch(ledger: Ledger, cycle: int) -> None:
    """Record a batch that touches every table."""
    gone = End(request="b", state=RunState.EXPIRED, text="late", at=NOW)
    record(ledger, request("c", 2), events=["new", "newer"], ends=[gone])


def planned(ledger: Ledger, cycle: int) -> None:
    """Record a plan with an intent and a deferral."""
    wanted = request("b", 2)
    ledger.record_plan(cycle, plan([placed(wanted)], [deferred(wanted, 1)], name="late"))


def marked(ledger: Ledger, cycle: int) -> None:
    """Mark two runs at once."""
    ledger.mark_dry_run(("a-1", "a-2"), NOW)


def heard(ledger: Ledger, cycle: int) -> None:
    """Hear of two runs at once."""
    told = (outcome("a-0", RunState.FINISHED, result="pass"), outcome("a-1", RunState.STARTED))
    ledger.record_outcomes(told, NOW)


def finished(ledger: Ledger, cycle: int) -> None:
    """Finish the cycle."""
    ledger.finish_cycle(cycle, NOW, seconds={"solve": 1.0}, degraded=False, counts={"placed": 1})


def pruned(ledger: Ledger, cycle: int) -> None:
    """Forget everything that can be forgotten."""
    ledger.prune(NOW + MINUTE)


def rolled(ledger: Ledger, cycle: int) -> None:
    """Roll up what is over."""
    ledger.roll_up(NOW + 2 * DAY, runs=9)


def forgotten(ledger: Ledger, cycle: int) -> None:
    """Forget a run and its request, and cycles before it."""
    ledger.forget(NOW + 60 * DAY, Retention(keep=30 * 86400), runs=9)


def rows_of(url: str) -> list[list[Any]]:
    """Return all rows of all tables."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = metadata.sorted_tables
        rows = [list(connection.execute(select(table)).all()) for table in tables]
    engine.dispose()
    return [sorted(map(repr, some)) for some in rows]


def all_of(url: str) -> tuple[Any, ...]:
    """Return everything that a ledger tells."""
    with Ledger.open(url) as ledger:
        return (
            ledger.status(),
            ledger.history(),
            ledger.backlog(),
            ledger.orders(),
            ledger.under_way(),
            ledger.revisions(),
            ledger.known("abc"),
            ledger.unseen([an_event(name) for name in ("seen", "new", "newer")]),
            [ledger.plan(cycle=number) for number in range(1, 6)],
            told(ledger.cells(*ALL)),
            rows_of(url),
        )


def in_a_process(act: Callable[[], int]) -> int:
    """Return the exit status of a process of its own that does `act` and nothing after it."""
    child = os.fork()
    if child == 0:
        status = CRASHED
        try:
            status = act()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(statement: int, url: str, change: Callable[[Ledger, int], None], cycle: int) -> int:
    """Do the change in a process that is killed right before a statement, counted from 1.

    Statement 0 is the commit. The result is DONE if there are fewer statements.
    """

    def act() -> int:
        left = [statement]
        ledger = Ledger.open(url)

        @event.listens_for(Engine, "before_cursor_execute")
        def _count(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os._exit(KILLED)

        @event.listens_for(Engine, "commit")
        def _commit(_: object) -> None:
            if statement == 0:
                os._exit(KILLED)

        change(ledger, cycle)
        return DONE

    return in_a_process(act)


@pytest.mark.parametrize(
    "change", [batch, planned, marked, heard, finished, pruned, rolled, forgotten]
)
def test_killed_anywhere_it_is_before_or_after(
    url: str, change: Callable[[Ledger, int], None]
) -> None:
    """At each statement and at the commit nothing has happened yet; when it returns, all has."""
    with Ledger.open(url) as ledger:
        cycle = prepare(ledger)
    before = all_of(url)
    statement = 0
    while (status := killed_at(statement, url, change, cycle)) == KILLED:
        assert all_of(url) == before
        statement += 1
    assert status == DONE
    assert statement > 1
    assert all_of(url) != before


def test_a_full_disk_is_an_error_and_changes_nothing(tmp_path: Path, new_ledger: Path) -> None:
    """What cannot be written is said with the path, and the ledger is as it was."""
    path = tmp_path / "ledger.db"
    path.write_bytes(new_ledger.read_bytes())

    def act() -> int:
        many = [request(f"{number:04}") for number in range(2000)]
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        with pytest.raises(PlannerError, match=f"^{path}: "):
            record(Ledger.open(f"sqlite:///{path}"), *many)
        return DONE

    assert in_a_process(act) == DONE
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert ledger.history().cycles == ()
        assert ledger.backlog() == ()


def test_two_writers_wait_for_each_other(url: str) -> None:
    """Changes at the same time all happen, one after the other."""

    def write(name: str) -> None:
        with Ledger.open(url) as ledger:
            for number in range(15):
                record(ledger, request(f"{name}{number:02}", parent=f"node-{name}"))

    with ThreadPoolExecutor() as pool:
        list(pool.map(write, "ab"))
    with Ledger.open(url) as ledger:
        assert len(ledger.backlog()) == 30
        assert len(ledger.history(limit=100).cycles) == 30

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs that count in their day are forgotten after a while, and days after a longer one."""

from models import Learning, Retention, day_of
from planner.ledger import Ledger
from tests.ledger.nouns import DAY, NOW, finish, plan, record, request
from tests.ledger.test_rollup import ALL, told

RETENTION = Retention(keep=10 * 86400, daily=20 * 86400)
OLD = NOW + 11 * DAY


def test_only_what_is_rolled_up_is_forgotten(ledger: Ledger) -> None:
    """A run that does not count in its day yet stays, however old."""
    finish(ledger, "a", 3)
    assert ledger.forget(OLD, RETENTION, runs=9) == 0
    ledger.roll_up(OLD, runs=2)
    assert ledger.forget(OLD, RETENTION, runs=9) == 2
    assert len(ledger.runs(["a-0", "a-1", "a-2"])) == 1


def test_nothing_that_is_told_by_day_changes(ledger: Ledger) -> None:
    """Forgetting takes the run, and leaves what is known of its day."""
    finish(ledger, "a", 3)
    finish(ledger, "b", at=NOW + 5 * DAY)
    before = told(ledger.cells(*ALL))
    ledger.roll_up(OLD, runs=9)
    assert ledger.forget(OLD, RETENTION, runs=2) == 2
    assert told(ledger.cells(*ALL)) == before
    assert ledger.forget(OLD, RETENTION, runs=2) == 1
    assert ledger.forget(OLD, RETENTION, runs=2) == 0
    assert told(ledger.cells(*ALL)) == before
    assert ledger.runs(["a-0", "b-0"])[0].run == "b-0"


def test_a_request_of_long_ago_is_still_known(ledger: Ledger) -> None:
    """What is asked for again, as from a file of events that nobody removed, is not run again."""
    finish(ledger, "a", 2)
    ledger.roll_up(OLD, runs=9)
    ledger.forget(OLD, RETENTION, runs=1)
    assert ledger.known(["a", "b"]) == {"a"}
    ledger.forget(OLD, RETENTION, runs=1)
    assert ledger.known(["a", "b"]) == {"a"}
    record(ledger, request("a", 2))
    assert ledger.backlog() == ()


def test_days_are_forgotten_with_all_that_they_know(ledger: Ledger) -> None:
    """After the longer while nothing is left of them."""
    finish(ledger, "a")
    ledger.roll_up(OLD, runs=9)
    ledger.forget(OLD, RETENTION, runs=9)
    late = NOW + 32 * DAY
    ledger.forget(late, RETENTION, runs=9)
    assert len(ledger.cells(*ALL)) == 0
    assert ledger.known(["a"]) == frozenset()


def test_cycles_go_once_nothing_speaks_of_them(ledger: Ledger) -> None:
    """Old cycles without a run or a plan are forgotten; the last one always stays."""
    finish(ledger, "a")
    finish(ledger, "b", at=NOW + 9 * DAY)
    record(ledger, at=OLD)
    ledger.roll_up(NOW + 12 * DAY, runs=9)
    ledger.prune(OLD)
    ledger.forget(NOW + 12 * DAY, RETENTION, runs=9)
    assert [cycle.number for cycle in ledger.history().cycles] == [3, 2]
    ledger.forget(NOW + 30 * DAY, RETENTION, runs=9)
    assert ledger.history().cycles[0].number == 3


def test_estimates_learn_from_what_was_forgotten(ledger: Ledger) -> None:
    """A run is told of once, in full or in a row of many, before and after it is forgotten."""
    finish(ledger, "a", 3)
    finish(ledger, "b", at=NOW + 9 * DAY)
    ledger.roll_up(OLD, runs=9)
    for _ in range(4):
        past = ledger.outcomes(OLD, Learning())
        assert int(past.runs.sum()) == 4
        ledger.forget(OLD, RETENTION, runs=1)


def test_a_plan_keeps_its_cycle(ledger: Ledger) -> None:
    """A cycle whose plan can still be shown is there."""
    number = record(ledger)
    ledger.record_plan(number, plan())
    record(ledger, at=NOW + 30 * DAY)
    ledger.forget(NOW + 30 * DAY, RETENTION, runs=9)
    assert ledger.plan(cycle=number) is not None
    assert day_of(ledger.history().cycles[-1].started) == day_of(NOW)

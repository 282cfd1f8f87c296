# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the ledger tells people."""

from typing import Any

import pytest

from models import CycleRecord, Place, RunCount, RunState, UnderTest
from planner.ledger import Ledger
from tests.ledger.nouns import (
    DAY,
    FULL,
    MINUTE,
    NOW,
    PLACE,
    deferred,
    finish,
    intend,
    outcome,
    placed,
    plan,
    record,
    request,
    revision,
)


def test_an_empty_ledger_has_little_to_tell(ledger: Ledger) -> None:
    """Nothing happened, nothing waits, and nothing goes wrong."""
    status = ledger.status()
    assert (status.cycle, status.counts, status.waiting, status.under_way) == (None, (), (), ())
    history = ledger.history()
    assert (history.cycles, history.runs) == ((), ())
    assert ledger.plan() is None


def test_status_shows_what_waits_and_what_is_under_way(ledger: Ledger) -> None:
    """Waiting runs come oldest first, with why and until when; the others with their place."""
    old, new = request("b", 2, created=NOW - DAY), request("a", priority=60, revision=None)
    number = record(ledger, new, old)
    ledger.record_plan(number, plan([placed(old)], [deferred(old, 1)]))
    first, second = ledger.status().waiting
    assert (first.run, first.request, first.job, first.parent) == ("b-1", "b", "boot", "node-1")
    assert (first.tree, first.branch, first.priority) == ("mainline", "master", 40)
    assert (first.created, first.deadline) == (old.created, old.deadline)
    assert (first.reason, first.waits_since, first.runtime) == (FULL, number, None)
    assert (second.run, second.tree, second.priority, second.reason) == ("a-0", None, 60, None)
    (sent,) = ledger.status().under_way
    assert (sent.run, sent.state, sent.plan) == ("b-0", RunState.INTENDED, "plan-1")
    assert (sent.runtime, sent.platform, sent.device_type) == tuple(PLACE.model_dump().values())


def test_status_counts_runs_by_state_and_runtime(ledger: Ledger) -> None:
    """Every run is counted once, under its runtime if it has one."""
    intend(ledger, request("a", 3))
    record(ledger, request("b", 2))
    ledger.mark_submitted("a-0", "17", NOW)
    assert set(ledger.status().counts) == {
        RunCount(state=RunState.WAITING, runtime=None, runs=2),
        RunCount(state=RunState.INTENDED, runtime=PLACE.runtime, runs=2),
        RunCount(state=RunState.SUBMITTED, runtime=PLACE.runtime, runs=1),
    }


def test_a_finished_cycle_says_what_it_did(ledger: Ledger) -> None:
    """Its plan, counts and times are those that it was given."""
    wanted = request("a", 3)
    number = record(ledger, wanted, events=["e"], problems=["line 3: no event"])
    ledger.record_plan(number, plan([placed(wanted)], [deferred(wanted, 1), deferred(wanted, 2)]))
    ledger.finish_cycle(
        number, NOW + MINUTE, seconds={"solve": 0.25}, degraded=True, counts={"submitted": 1}
    )
    expected = CycleRecord(
        number=number,
        started=NOW,
        finished=NOW + MINUTE,
        degraded=True,
        events=1,
        requests=1,
        plan="plan-1",
        placed=1,
        deferred=2,
        seconds={"solve": 0.25},
        counts={"submitted": 1},
        problems=("line 3: no event",),
    )
    assert ledger.status().cycle == expected
    assert ledger.history().cycles == (expected,)


def test_a_cycle_that_died_shows(ledger: Ledger) -> None:
    """It has no end, also when the next one has."""
    died = record(ledger)
    lived = record(ledger, at=NOW + MINUTE)
    ledger.finish_cycle(lived, NOW + 2 * MINUTE, seconds={}, degraded=False, counts={})
    cycles = ledger.history().cycles
    assert [(cycle.number, cycle.finished is None) for cycle in cycles] == [
        (lived, False),
        (died, True),
    ]


def test_only_a_cycle_that_began_can_finish(ledger: Ledger) -> None:
    """Finishing another one is an error."""
    with pytest.raises(ValueError, match="no cycle 7"):
        ledger.finish_cycle(7, NOW, seconds={}, degraded=False, counts={})


def test_history_has_the_last_first_up_to_a_limit(ledger: Ledger) -> None:
    """Cycles and closed runs come newest first; runs that go on are no history."""
    for minute in range(4):
        wanted = request(f"{minute}", 2)
        intend(ledger, wanted, at=NOW + minute * MINUTE)
        told = (outcome(wanted.run(0), RunState.FINISHED),)
        ledger.record_outcomes(told, NOW + minute * MINUTE)
    history = ledger.history(limit=3)
    assert [cycle.started for cycle in history.cycles] == [NOW + m * MINUTE for m in (3, 2, 1)]
    assert [run.run for run in history.runs] == ["3-0", "2-0", "1-0"]


def test_runs_are_looked_up_by_key(ledger: Ledger) -> None:
    """Those that are known come in the order of their keys, however many are asked for."""
    many = [request(f"{number:04}") for number in range(1200)]
    record(ledger, *many)
    keys = [one.run(0) for one in many]
    assert [run.run for run in ledger.runs([*reversed(keys), "x-0"])] == keys


HERE = UnderTest("boot", "mainline", "c0ffee")


def test_where_a_revision_ran_before(ledger: Ledger) -> None:
    """Runs that end, go on or are intended count, by whichever request; each place once."""
    there = Place(runtime="lab-b", platform="juno", device_type="juno-r2")
    finish(ledger, "a", 2)
    one, other = request("b"), request("c", 2)
    number = record(ledger, one, other)
    ledger.record_plan(
        number, plan([placed(one, place=there), placed(other)], [deferred(other, 1)])
    )
    nothing = HERE._replace(commit="cafe")
    assert ledger.ran_before([HERE, nothing]) == {HERE: (PLACE, there)}
    assert ledger.ran_before([]) == {}


@pytest.mark.parametrize(
    "other",
    [
        {"job": "ltp"},
        {"revision": None},
        {"revision": revision(tree="next")},
        {"revision": revision(commit="cafe")},
        {"revision": revision(patchset=True)},
    ],
)
def test_runs_of_anything_else_are_no_runs_of_it(ledger: Ledger, other: dict[str, Any]) -> None:
    """Another job, tree or commit; and what a patchset is, its commit does not say."""
    intend(ledger, request("a", **other))
    assert ledger.ran_before([HERE]) == {}


def test_what_was_spoiled_or_never_went_anywhere_tested_nothing(ledger: Ledger) -> None:
    """Neither does what still waits."""
    finish(ledger, "a", infrastructure=True)
    record(ledger, request("b"))
    assert ledger.ran_before([HERE]) == {}

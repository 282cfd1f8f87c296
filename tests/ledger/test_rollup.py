# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs that are over count in the histograms of their day, whenever and however they get there."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Cells, End, Learning, RunState, day_of, merged
from models.cells import COLUMNS, EDGES, UNKNOWN, bucket
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
)

LATER = NOW + 2 * DAY
ALL = (0, 2**31 - 1)


def told(cells: Cells) -> list[tuple[object, ...]]:
    """Return cells as rows that can be compared, wherever they come from."""
    one = merged([cells])
    rows = zip(*(getattr(one, name).tolist() for name in COLUMNS), strict=True)
    return [(one.subjects[row[1]], one.endings[row[2]], row[0], *row[3:]) for row in rows]


def test_a_run_that_is_over_is_a_cell(ledger: Ledger) -> None:
    """It has its day, subject and ending, and buckets and sums of its times."""
    finish(ledger, "a", 2)
    cells = merged([ledger.cells(*ALL)])
    assert cells.runs.tolist() == [2]
    assert cells.day.tolist() == [day_of(NOW)]
    assert (cells.duration_ms.tolist(), cells.wait_ms.tolist()) == ([240_000], [120_000])
    (subject,), (ending,) = cells.subjects, cells.endings
    assert (subject.job, subject.kind, subject.arch) == ("boot", "job", "arm64")
    assert (subject.platform, subject.runtime) == (PLACE.platform, PLACE.runtime)
    assert (ending.tree, ending.state, ending.result) == ("mainline", "finished", "pass")
    assert (ending.infrastructure, ending.reason, ending.elsewhere) == (False, None, False)


def test_rolling_up_changes_nothing_that_is_told(ledger: Ledger) -> None:
    """Before, in the middle and after, every run counts once; doing it again adds nothing."""
    finish(ledger, "a", 3)
    finish(ledger, "b", 2, at=NOW + DAY, result="fail")
    before = told(ledger.cells(*ALL))
    assert [ledger.roll_up(LATER, runs=2) for _ in range(4)] == [2, 2, 1, 0]
    assert told(ledger.cells(*ALL)) == before
    assert told(ledger.cells(day_of(NOW), day_of(NOW))) == before[:1]


def test_a_day_that_goes_on_is_left_alone(ledger: Ledger) -> None:
    """Its histogram would have to be written again and again."""
    finish(ledger, "a")
    assert ledger.roll_up(NOW + 3 * MINUTE, runs=9) == 0
    assert len(ledger.cells(*ALL)) == 1


def test_times_that_cannot_be_true_do_not_count(ledger: Ledger) -> None:
    """The run does; its duration is unknown, and it is of the day on which it was closed."""
    odd: list[dict[str, Any]] = [
        {"started": None},
        {"ended": None},
        {"ended": NOW},
        {"ended": NOW + MINUTE},
        {"ended": NOW + 400 * DAY},
    ]
    for number, times in enumerate(odd):
        finish(ledger, f"odd{number}", **times)
    cells = merged([ledger.cells(*ALL)])
    assert cells.runs.tolist() == [len(odd)]
    assert (cells.duration.tolist(), cells.wait.tolist()) == ([UNKNOWN], [UNKNOWN])
    assert (cells.day.tolist(), cells.duration_ms.tolist()) == ([day_of(NOW)], [0])


def test_a_lab_whose_clock_is_behind_did_not_wait(ledger: Ledger) -> None:
    """A start minutes before we sent it is no wait; one hours before tells nothing of the wait."""
    finish(ledger, "a", started=NOW - MINUTE)
    finish(ledger, "b", started=NOW - 60 * MINUTE)
    cells = merged([ledger.cells(*ALL)])
    assert cells.wait.tolist() == [0, UNKNOWN]
    assert cells.duration_ms.tolist() == [240_000, 63 * 60_000]


def test_what_a_run_waited_for_is_remembered(ledger: Ledger) -> None:
    """Of one that got its place, and of one that never did and expired."""
    wanted = request("a", 2)
    number = record(ledger, wanted)
    ledger.record_plan(number, plan(deferrals=[deferred(wanted, 0), deferred(wanted, 1)]))
    number = record(ledger)
    ledger.record_plan(number, plan([placed(wanted)], name="second"))
    ledger.record_outcomes(
        (outcome("a-0", RunState.FINISHED, started=NOW, ended=NOW + MINUTE),), NOW + MINUTE
    )
    late = End(request="a", state=RunState.EXPIRED, text="late", at=NOW)
    record(ledger, ends=[late])
    endings = merged([ledger.cells(*ALL)]).endings
    assert {(one.state, one.reason) for one in endings} == {
        ("finished", FULL.code),
        ("expired", FULL.code),
    }


def test_the_same_job_of_a_lab_counts_once(ledger: Ledger) -> None:
    """Two runs that turn out to be one job of a runtime, of the same day, are one."""
    finish(ledger, "a", 2, job_id="17")
    finish(ledger, "b", at=NOW + DAY, job_id="17")
    ledger.roll_up(LATER, runs=9)
    assert sorted(ledger.cells(*ALL).runs.tolist()) == [1, 1]


runs = st.lists(
    st.tuples(
        st.integers(0, 3),  # days
        st.integers(-2, 200),  # minutes that it took
        st.integers(-10, 100),  # minutes that it waited
        st.sampled_from(["pass", "fail", None]),
        st.booleans(),
        st.sampled_from([PLACE, PLACE.model_copy(update={"runtime": "lab-b"})]),
    ),
    min_size=1,
    max_size=12,
)
Told = tuple[int, int, int, str | None, bool, Any]


def tell(ledger: Ledger, one: Told, key: str) -> None:
    """Have a run be executed as drawn."""
    day, took, waited, result, spoiled, place = one
    sent = NOW + day * DAY
    number = record(ledger, request(key), at=sent)
    ledger.record_plan(number, plan([placed(request(key), place=place)], name=key, at=sent))
    started = sent + waited * MINUTE
    ended = started + took * MINUTE
    last: datetime = max(sent, ended) + timedelta(seconds=1)
    told = {"started": started, "ended": ended, "result": result, "infrastructure": spoiled}
    ledger.record_outcomes((outcome(f"{key}-0", RunState.FINISHED, **told),), last)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs, st.data())
def test_every_run_counts_once_whatever_happens(
    new_ledger: Path, some: list[Told], data: st.DataObject
) -> None:
    """Any order of arrival, any portions: the same cells come out.

    What estimates read is the same, too, whether a part of it was read before or not.
    """
    order = data.draw(st.permutations(range(len(some))))
    with TemporaryDirectory() as folder:
        ledgers = []
        for name in ("plain", "rolled"):
            shutil.copy(new_ledger, f"{folder}/{name}.db")
            ledgers.append(Ledger.open(f"sqlite:///{folder}/{name}.db"))
        plain, rolled = ledgers
        for number, one in enumerate(some):
            tell(plain, one, f"r{number}")
        for number in order:
            tell(rolled, some[number], f"r{number}")
            now = NOW + data.draw(st.integers(0, 9)) * DAY
            learning = Learning(runs=data.draw(st.sampled_from([1, 3, 100])))
            with Ledger.open(f"sqlite:///{folder}/rolled.db") as anew:
                assert rolled.outcomes(now, learning) == anew.outcomes(now, learning)
            if data.draw(st.booleans()):
                rolled.roll_up(NOW + data.draw(st.integers(0, 9)) * DAY, runs=3)
        assert told(rolled.cells(*ALL)) == told(plain.cells(*ALL))
        while rolled.roll_up(NOW + 9 * DAY, runs=5):
            assert told(rolled.cells(*ALL)) == told(plain.cells(*ALL))
        assert int(rolled.cells(*ALL).runs.sum()) == len(some)
        for ledger in ledgers:
            ledger.close()


def test_an_empty_ledger_has_nothing_to_tell(ledger: Ledger) -> None:
    """There is nothing to roll up, and nothing of any day."""
    assert ledger.roll_up(LATER, runs=9) == 0
    cells = merged([ledger.cells(*ALL)])
    assert (len(cells), cells.subjects, cells.endings) == (0, (), ())


def test_a_run_that_goes_on_does_not_count_yet(ledger: Ledger) -> None:
    """Only what is over is told of."""
    intend(ledger, request("a"))
    ledger.mark_submitted("a-0", "17", NOW)
    assert ledger.roll_up(LATER, runs=9) == 0
    assert len(ledger.cells(*ALL)) == 0


@pytest.mark.parametrize("milliseconds", [0, 1, 90, 91, 999, 1000, 3_600_000, 10**11])
def test_a_bucket_holds_what_is_between_its_edges(milliseconds: int) -> None:
    """Edges are exact, and a bucket is a tenth of its time wide (and a little)."""
    (found,) = bucket(np.array([milliseconds])).tolist()
    assert EDGES[found] <= milliseconds < EDGES[found + 1]
    assert EDGES[found + 1] - EDGES[found] <= 91 + milliseconds // 10

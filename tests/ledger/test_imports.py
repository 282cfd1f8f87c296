# SPDX-License-Identifier: LGPL-2.1-or-later
"""What others executed counts once, beside what we did and whenever it comes."""

import pytest

from models import Execution, Learning, day_of, merged
from planner.ledger import Ledger
from tests.ledger.nouns import DAY, MINUTE, NOW, PLACE, finish
from tests.ledger.test_rollup import ALL, told

OLD = NOW - 5 * DAY


def execution(job_id: str | None = "1", **fields: object) -> Execution:
    """Return a run of ten minutes, five days ago."""
    known = {
        **PLACE.model_dump(include={"runtime", "platform", "device_type"}),
        "job": "boot",
        "kind": "job",
        "started": OLD,
        "ended": OLD + 10 * MINUTE,
    }
    return Execution.model_validate({**known, "job_id": job_id, **fields})


def test_an_import_adds_to_the_past(ledger: Ledger) -> None:
    """Reports and estimates have it, with its own day and marked as what it is."""
    assert ledger.import_executions([execution("1"), execution("2")]) == 2
    cells = merged([ledger.cells(*ALL)])
    assert (cells.runs.tolist(), cells.day.tolist()) == ([2], [day_of(OLD)])
    assert cells.endings[0].elsewhere
    past = ledger.outcomes(NOW, Learning())
    assert past.runs.tolist() == [2]
    assert (past.ended - past.started).tolist() == pytest.approx([600.0])


def test_the_same_again_adds_nothing(ledger: Ledger) -> None:
    """By the runtime's own name of it, or else by all that is told."""
    told_of = [execution("1"), execution(None), execution(None, tree="next")]
    assert ledger.import_executions(told_of) == 3
    before = told(ledger.cells(*ALL))
    assert ledger.import_executions(told_of) == 0
    assert ledger.import_executions([execution("1", result="fail")]) == 0
    assert told(ledger.cells(*ALL)) == before


def test_our_own_runs_are_known_again(ledger: Ledger) -> None:
    """Before they are rolled up and after, whoever tells of them."""
    finish(ledger, "a", at=OLD, job_id="17")
    ours = execution("17", started=OLD + MINUTE, ended=OLD + 3 * MINUTE)
    assert ledger.import_executions([ours]) == 0
    ledger.roll_up(NOW, runs=9)
    assert ledger.import_executions([ours]) == 0
    assert ledger.cells(*ALL).runs.tolist() == [1]


def test_an_import_before_our_own_end_is_told(ledger: Ledger) -> None:
    """What was imported while it went on is not counted again when it is rolled up."""
    ledger.import_executions([execution("17", started=OLD + MINUTE, ended=OLD + 3 * MINUTE)])
    finish(ledger, "a", at=OLD, job_id="17")
    ledger.roll_up(NOW, runs=9)
    assert ledger.cells(*ALL).runs.tolist() == [1]


def test_days_that_are_told_in_full_have_what_was_imported_too(ledger: Ledger) -> None:
    """Our own runs of today come one by one, and another's beside them."""
    finish(ledger, "a", job_id="1")
    today = execution("2", started=NOW, ended=NOW + 2 * MINUTE)
    ledger.import_executions([today])
    past = ledger.outcomes(NOW + 9 * MINUTE, Learning())
    assert sorted(past.runs.tolist()) == [1, 1]
    assert past.job_id == ("1", None)

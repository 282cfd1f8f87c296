# SPDX-License-Identifier: LGPL-2.1-or-later
"""What really ran, as columns for estimates to learn from."""

import numpy as np
import pytest

from models import Learning, RunState
from planner.ledger import Ledger
from tests.ledger.nouns import DAY, MINUTE, NOW, PLACE, intend, outcome, record, request

LEARNING = Learning()
FINISHED = {
    "job_id": "17",
    "started": NOW + MINUTE,
    "ended": NOW + 3 * MINUTE,
    "result": "pass",
    "infrastructure": True,
}


def finish(ledger: Ledger, key: str, number: int = 1, **told: object) -> None:
    """Have the runs of a request finish as they are told of, closed three minutes from now."""
    intend(ledger, request(key, number))
    for index in range(number):
        ledger.record_outcomes(
            (outcome(f"{key}-{index}", RunState.FINISHED, **{**FINISHED, **told}),),
            NOW + 3 * MINUTE,
        )


def test_an_empty_ledger_has_no_history(ledger: Ledger) -> None:
    """Nothing is there to learn from."""
    assert len(ledger.outcomes(NOW, LEARNING)) == 0


def test_a_run_that_finished_is_there_in_full(ledger: Ledger) -> None:
    """Where it ran, what it was for, how it ended and when."""
    finish(ledger, "a")
    told = ledger.outcomes(NOW, LEARNING)
    assert len(told) == 1
    assert (told.run, told.job_id) == (("a-0",), ("17",))
    assert [*told.job, *told.kind] == ["boot", "job"]
    assert [*told.runtime, *told.platform] == [PLACE.runtime, PLACE.platform]
    assert [*told.device_type] == [PLACE.device_type]
    assert [*told.arch, *told.tree] == ["arm64", "mainline"]
    assert ([*told.result], told.infrastructure.tolist()) == (["pass"], [True])
    assert told.runs.tolist() == [1]
    moments = np.concatenate((told.submitted, told.started, told.ended))
    exact = [moment.timestamp() for moment in (NOW, NOW + MINUTE, NOW + 3 * MINUTE)]
    assert moments.tolist() == pytest.approx(exact, abs=0.001)


def test_what_did_not_run_tells_nothing(ledger: Ledger) -> None:
    """Runs that wait, go on, were only planned, or could not be sent are left out."""
    record(ledger, request("waits"))
    for key in ("goes-on", "dry", "failed"):
        intend(ledger, request(key))
    ledger.mark_submitted("goes-on-0", "1", NOW)
    ledger.mark_dry_run(("dry-0",), NOW)
    ledger.mark_failed("failed-0", "no", "submit_error", NOW)
    assert len(ledger.outcomes(NOW, LEARNING)) == 0


def test_older_runs_come_in_rows_of_many(ledger: Ledger) -> None:
    """What is not of the newest days is told together, as often as it happened."""
    finish(ledger, "a", 3)
    later = NOW + 2 * DAY
    intend(ledger, request("b"), at=later)
    told = {**FINISHED, "started": later, "ended": later + MINUTE}
    ledger.record_outcomes((outcome("b-0", RunState.FINISHED, **told),), later + MINUTE)
    past = ledger.outcomes(later + MINUTE, LEARNING)
    assert (past.run[0], past.job_id) == ("b-0", ("17", None))
    assert past.runs.tolist() == [1, 3]
    assert (past.ended - past.started).tolist() == pytest.approx([60.0, 120.0])
    assert past.infrastructure.tolist() == [True, True]


def test_a_bounded_number_is_told_in_full(ledger: Ledger) -> None:
    """Days with too many runs are told in rows of many, and with none allowed nothing is told."""
    finish(ledger, "a", 3)
    assert ledger.outcomes(NOW, Learning(runs=3)).runs.tolist() == [1, 1, 1]
    assert ledger.outcomes(NOW, Learning(runs=2)).runs.tolist() == [3]
    assert len(ledger.outcomes(NOW, Learning(runs=0))) == 0


def test_runs_whose_end_was_told_late_count_on_the_day_on_which_they_ended(ledger: Ledger) -> None:
    """They are with the older ones in each cycle, whenever they were told of."""
    later = NOW + DAY + 3 * MINUTE
    for number, key in enumerate("ab", 1):
        intend(ledger, request(key))
        ended = (outcome(f"{key}-0", RunState.FINISHED, **FINISHED),)
        ledger.record_outcomes(ended, NOW + DAY + number * MINUTE)
        for _ in range(2):
            past = ledger.outcomes(later, LEARNING)
            assert (past.runs.tolist(), past.job_id) == ([number], (None,))


def test_what_is_too_old_is_not_told(ledger: Ledger) -> None:
    """The policy says how far back anything counts."""
    finish(ledger, "a")
    assert len(ledger.outcomes(NOW + 9 * DAY, Learning(age=10 * 86400))) == 1
    assert len(ledger.outcomes(NOW + 12 * DAY, Learning(age=10 * 86400))) == 0


def test_odd_times_are_told_as_they_are(ledger: Ledger) -> None:
    """The ledger does not judge: a run without a start is there."""
    finish(ledger, "a", started=None)
    told = ledger.outcomes(NOW, LEARNING)
    assert np.isnan(told.started).all()
    assert not np.isnan(told.ended).any()

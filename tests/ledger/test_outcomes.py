# SPDX-License-Identifier: LGPL-2.1-or-later
"""What really ran, as columns for estimates to learn from."""

import numpy as np
import pytest

from models import RunState
from planner.ledger import Ledger
from tests.ledger.nouns import DAY, MINUTE, NOW, PLACE, intend, outcome, record, request

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
    assert len(ledger.outcomes(NOW - DAY, limit=10)) == 0


def test_a_run_that_finished_is_there_in_full(ledger: Ledger) -> None:
    """Where it ran, what it was for, how it ended and when."""
    finish(ledger, "a")
    told = ledger.outcomes(NOW, limit=10)
    assert len(told) == 1
    assert (told.run, told.job_id, told.job, told.kind) == (("a-0",), ("17",), ("boot",), ("job",))
    assert (told.runtime, told.platform) == ((PLACE.runtime,), (PLACE.platform,))
    assert told.device_type == (PLACE.device_type,)
    assert (told.arch, told.tree) == (("arm64",), ("mainline",))
    assert (told.result, told.infrastructure.tolist()) == (("pass",), [True])
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
    assert len(ledger.outcomes(NOW - DAY, limit=10)) == 0


def test_only_the_last_ones_count(ledger: Ledger) -> None:
    """History is bounded by age and by number; the newest runs are kept."""
    finish(ledger, "a", 3)
    intend(ledger, request("b"), at=NOW + DAY)
    ledger.record_outcomes((outcome("b-0", RunState.FINISHED, **FINISHED),), NOW + DAY)
    assert ledger.outcomes(NOW, limit=2).run == ("b-0", "a-0")
    assert ledger.outcomes(NOW + DAY, limit=9).run == ("b-0",)
    assert len(ledger.outcomes(NOW, limit=0)) == 0


def test_odd_times_are_told_as_they_are(ledger: Ledger) -> None:
    """The ledger does not judge: a run without a start is there."""
    finish(ledger, "a", started=None)
    told = ledger.outcomes(NOW, limit=1)
    assert np.isnan(told.started).all()
    assert not np.isnan(told.ended).any()

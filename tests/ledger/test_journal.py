# SPDX-License-Identifier: LGPL-2.1-or-later
"""The journal of intents: what was sent, what came of it, and what cannot be."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from models import Outcome, RunRecord, RunState, Sent
from planner.ledger import Ledger
from tests.ledger.nouns import MINUTE, NOW, PLACE, intend, outcome, request, states

SENT, STARTED, ENDED, HEARD = (NOW + number * MINUTE for number in range(1, 5))


@pytest.fixture
def intended(ledger: Ledger) -> Ledger:
    """Return a ledger with the intended runs a-0, a-1 and b-0."""
    intend(ledger, request("a", 2), request("b"))
    return ledger


def names(found: Mapping[str, Sequence[Sent]]) -> dict[str, tuple[str, ...]]:
    """Return the runs that are under way, by runtime."""
    return {name: tuple(sent.run for sent in runs) for name, runs in found.items()}


def one(ledger: Ledger, run: str = "a-0") -> RunRecord:
    """Return what is known of a run."""
    (record,) = ledger.runs([run])
    return record


def finished(run: str = "a-0", ended: datetime = ENDED) -> Outcome:
    """Return the outcome of a run that passed."""
    return outcome(
        run,
        RunState.FINISHED,
        job_id="17",
        started=STARTED,
        ended=ended,
        result="pass",
        exit_status=0,
        detail="log",
    )


def test_a_run_goes_all_the_way(intended: Ledger) -> None:
    """Each step is written down with its time, and the run is under way until it is over."""
    intended.mark_submitted("a-0", "17", SENT)
    assert [order.run for order in intended.orders()] == ["a-1", "b-0"]
    assert names(intended.under_way()) == {PLACE.runtime: ("a-0",)}
    assert (one(intended).state, one(intended).submitted) == (RunState.SUBMITTED, SENT)
    intended.record_outcomes((outcome("a-0", RunState.STARTED, started=STARTED),), HEARD)
    assert (one(intended).state, one(intended).started) == (RunState.STARTED, STARTED)
    assert names(intended.under_way()) == {PLACE.runtime: ("a-0",)}
    intended.record_outcomes((finished(),), HEARD)
    assert names(intended.under_way()) == {}
    over = one(intended)
    assert (over.state, over.job_id, over.plan) == (RunState.FINISHED, "17", "plan-1")
    assert (over.submitted, over.started, over.ended, over.closed) == (SENT, STARTED, ENDED, HEARD)
    assert (over.result, over.exit_status, over.infrastructure) == ("pass", 0, False)
    assert over.detail == "log"


def test_dry_runs_are_marked_together(intended: Ledger) -> None:
    """Runs that were planned and on purpose not sent are over."""
    intended.mark_dry_run(("a-0", "b-0"), SENT)
    assert states(intended, "a-0", "a-1", "b-0") == [
        RunState.DRY_RUN,
        RunState.INTENDED,
        RunState.DRY_RUN,
    ]
    assert one(intended, "b-0").closed == SENT
    intended.mark_dry_run((), SENT)


def test_failed_runs_say_why(intended: Ledger) -> None:
    """A run that cannot be sent is over, with the text."""
    intended.mark_failed("a-0", "lab-a refused it", "submit_error", SENT)
    failed = one(intended)
    assert (failed.state, failed.detail, failed.closed) == (
        RunState.FAILED,
        "lab-a refused it",
        SENT,
    )


def test_a_run_given_back_has_no_place(intended: Ledger) -> None:
    """It waits as before it was planned."""
    intended.give_back("a-0", SENT)
    waiting = one(intended)
    assert waiting.state is RunState.WAITING
    assert (waiting.runtime, waiting.platform, waiting.device_type, waiting.plan) == (None,) * 4
    assert waiting.closed is None
    assert [run.key for run in intended.backlog()] == ["a"]


def test_runs_are_under_way_by_runtime(ledger: Ledger) -> None:
    """What is sent to each runtime is listed under its name."""
    intend(ledger, request("a", 2))
    for run in ("a-1", "a-0"):
        ledger.mark_submitted(run, run, SENT)
    assert names(ledger.under_way()) == {PLACE.runtime: ("a-0", "a-1")}


def test_news_before_the_mark_is_news(intended: Ledger) -> None:
    """A runtime may tell of a run before we wrote down that it has it; the mark adds its part."""
    intended.record_outcomes((outcome("a-0", RunState.STARTED, started=STARTED),), HEARD)
    assert "a-0" not in {order.run for order in intended.orders()}
    assert (one(intended).state, one(intended).submitted) == (RunState.STARTED, NOW)
    intended.mark_submitted("a-0", "17", SENT)
    assert (one(intended).state, one(intended).job_id) == (RunState.STARTED, "17")


def test_late_news_is_none(intended: Ledger) -> None:
    """Nothing that is told of a run that is over, or less than is known, changes it."""
    intended.record_outcomes((finished(),), HEARD)
    over = one(intended)
    late = (
        outcome("a-0", RunState.STARTED, started=NOW, detail="late"),
        outcome("a-0", RunState.SUBMITTED, job_id="18"),
        outcome("a-0", RunState.FINISHED, result="fail"),
    )
    intended.record_outcomes(late, HEARD + MINUTE)
    assert one(intended) == over
    intended.record_outcomes((outcome("a-1", RunState.STARTED, started=STARTED),), HEARD)
    intended.record_outcomes((outcome("a-1", RunState.SUBMITTED),), HEARD)
    assert one(intended, "a-1").state is RunState.STARTED


def test_several_outcomes_of_one_run_count_in_their_order(intended: Ledger) -> None:
    """A batch of outcomes is worth the same as one after the other."""
    told = (
        outcome("a-0", RunState.SUBMITTED, job_id="17", detail="queued"),
        outcome("a-0", RunState.STARTED, started=STARTED),
        outcome("a-0", RunState.FINISHED, ended=ENDED, infrastructure=True),
        outcome("a-0", RunState.STARTED, started=HEARD),
    )
    intended.record_outcomes(told, HEARD)
    over = one(intended)
    assert (over.job_id, over.started, over.ended) == ("17", STARTED, ENDED)
    assert (over.state, over.infrastructure, over.detail) == (RunState.FINISHED, True, "queued")


def test_outcomes_that_nobody_asked_for_cost_nothing(
    intended: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    """An outcome of an unknown or waiting run, or in no such state, is passed over."""
    intended.give_back("a-1", SENT)
    odd = (
        outcome("x-0", RunState.FINISHED),
        outcome("a-1", RunState.STARTED),
        outcome("b-0", RunState.WAITING),
        outcome("b-0", RunState.EXPIRED),
    )
    intended.record_outcomes((*odd, finished()), HEARD)
    assert states(intended, "a-0", "a-1", "b-0") == [
        RunState.FINISHED,
        RunState.WAITING,
        RunState.INTENDED,
    ]
    assert "x-0" in caplog.text


def test_what_cannot_be_is_refused(intended: Ledger) -> None:
    """Marking a run that is not intended is an error and changes nothing."""
    intended.mark_submitted("a-0", "17", SENT)
    before = intended.runs(["a-0", "a-1", "b-0"])
    with pytest.raises(ValueError, match="a-0 is submitted"):
        intended.mark_dry_run(("b-0", "a-0"), SENT)
    with pytest.raises(ValueError, match="a-0 is submitted"):
        intended.mark_failed("a-0", "no", "submit_error", SENT)
    with pytest.raises(ValueError, match="a-0 is submitted"):
        intended.give_back("a-0", SENT)
    with pytest.raises(ValueError, match="x-0 is unknown"):
        intended.mark_submitted("x-0", "17", SENT)
    assert intended.runs(["a-0", "a-1", "b-0"]) == before


def test_saying_it_again_changes_nothing(intended: Ledger) -> None:
    """The first mark counts: its time and its job id stay."""
    intended.mark_submitted("a-0", "17", SENT)
    intended.mark_failed("a-1", "no", "submit_error", SENT)
    intended.give_back("b-0", SENT)
    before = intended.runs(["a-0", "a-1", "b-0"])
    intended.mark_submitted("a-0", "18", HEARD)
    intended.mark_failed("a-1", "again", "submit_error", HEARD)
    intended.give_back("b-0", HEARD)
    assert intended.runs(["a-0", "a-1", "b-0"]) == before


def test_what_the_api_has_to_hear(intended: Ledger) -> None:
    """That a run was sent, and that it is over, each until it was told; of others, nothing."""
    intended.mark_node("a-0", "node-a-0")
    assert intended.untold() == ()
    intended.mark_submitted("a-0", "17", SENT)
    intended.mark_submitted("a-1", "18", SENT)
    intended.record_outcomes((outcome("a-0", RunState.SUBMITTED),), HEARD)
    (word,) = intended.untold()
    assert (word.run, word.node_id, word.state, word.job_id) == (
        "a-0",
        "node-a-0",
        RunState.SUBMITTED,
        "17",
    )
    intended.mark_told([word])
    intended.record_outcomes((outcome("a-0", RunState.STARTED, started=STARTED),), HEARD)
    assert intended.untold() == ()
    intended.record_outcomes((finished(),), HEARD)
    (over,) = intended.untold()
    assert over.state is RunState.FINISHED
    intended.mark_told([word])
    assert intended.untold() == (over,)
    intended.mark_told([over])
    assert intended.untold() == ()

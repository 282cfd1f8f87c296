# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans: kept whole, with the intents and the reasons that follow from them."""

import pytest

from models import (
    Order,
    Reason,
    ReasonCode,
    RequestError,
    RunState,
    TierResult,
)
from planner.ledger import Ledger
from tests.ledger.nouns import (
    DAY,
    FULL,
    MINUTE,
    NOW,
    PLACE,
    deferred,
    intend,
    node,
    placed,
    plan,
    record,
    request,
    states,
)


def run_of(order: Order) -> str:
    """Return the run of an order."""
    return order.run


def test_the_whole_plan_comes_back(ledger: Ledger) -> None:
    """Every part of a plan is as it was when it was recorded."""
    both, broken = request("a", 2), request("b")
    reason = Reason.of(ReasonCode.UNKNOWN_JOB, "no job \ud800\0")
    document = plan([placed(both)], [deferred(both, 1)])
    document = document.model_copy(
        update={
            "solve": document.solve.model_copy(
                update={
                    "tiers": (TierResult(name="value", value=2**53 + 1, bound=-1),),
                    "gap": 0.1,
                    "seconds": {"solve": 1e-9},
                }
            ),
            "errors": (RequestError(request="b", job="boot", parent="node-1", reason=reason),),
        }
    )
    number = record(ledger, both, broken)
    ledger.record_plan(number, document)
    assert ledger.plan() == document


def test_placed_runs_are_intended_and_ordered(ledger: Ledger) -> None:
    """What the plan places becomes orders, complete and in the plan's order, until sent."""
    early, late = request("b", retry=2, parent="node-2"), request("a", 2)
    number = record(ledger, early, late)
    document = plan([placed(early), placed(late, 1)], [deferred(late, 0)])
    orders = ledger.record_plan(number, document)
    assert orders[0] == Order(
        run="b-0",
        request="b",
        job="boot",
        kind="job",
        index=0,
        retry=2,
        parent="node-2",
        priority=40,
        plan="plan-1",
        node=node("node-2"),
        tree="mainline",
        intended=NOW,
        send_by=NOW + 3 * MINUTE,
        start_s=30,
        duration_s=600,
        **PLACE.model_dump(),
    )
    assert [order.run for order in orders] == ["b-0", "a-1"]
    assert sorted(ledger.orders(), key=run_of) == sorted(orders, key=run_of)
    assert states(ledger, "b-0", "a-0", "a-1") == [
        RunState.INTENDED,
        RunState.WAITING,
        RunState.INTENDED,
    ]


def test_orders_of_an_earlier_plan_are_not_handed_out_again(ledger: Ledger) -> None:
    """A run that stayed intended is in `orders`, and not among those of the next plan."""
    first, second = request("a"), request("b")
    intend(ledger, first)
    orders = ledger.record_plan(record(ledger, second), plan([placed(second)], name="plan-2"))
    assert [order.run for order in orders] == ["b-0"]
    assert {order.run for order in ledger.orders()} == {"a-0", "b-0"}


@pytest.mark.parametrize(
    "runs",
    [("a-0", "a-1", "a-1"), ("a-1", "b-0"), ("a-1", "x-0")],
    ids=["twice", "sent", "unknown"],
)
def test_a_plan_that_cannot_be_intended_leaves_no_trace(
    ledger: Ledger, runs: tuple[str, ...]
) -> None:
    """Neither the plan nor any part of what it would change is recorded."""
    wanted, sent = request("a", 2), request("b")
    intend(ledger, sent)
    number = record(ledger, wanted)
    assignments = [placed(wanted).model_copy(update={"run": run}) for run in runs]
    with pytest.raises(ValueError, match=f"run {runs[-1]} does not wait"):
        ledger.record_plan(number, plan(assignments, [deferred(wanted)], name="bad"))
    assert ledger.plan(cycle=number) is None
    assert ledger.history().cycles[0].plan is None
    assert states(ledger, "a-0", "a-1") == [RunState.WAITING] * 2
    assert ledger.runs(["a-0"])[0].reason is None


def test_reasons_to_wait_last_as_long_as_they_are_the_same(ledger: Ledger) -> None:
    """A run says why it waits, with the newest text, and since which cycle for that."""
    wanted = request("a")
    other = Reason.of(ReasonCode.RUNTIME_CLOSED, "lab-a is closed")
    told = [FULL, FULL.model_copy(update={"text": "still full"}), other, FULL]
    numbers = []
    for reason in told:
        number = record(ledger, wanted)
        numbers.append(number)
        ledger.record_plan(number, plan(deferrals=[deferred(wanted, reason=reason)]))
        (run,) = ledger.status().waiting
        assert run.reason == reason
        first = numbers[0] if len(numbers) < 3 else number
        assert run.waits_since == first


def test_a_run_that_gets_a_place_waits_for_nothing(ledger: Ledger) -> None:
    """Once it was placed, it begins anew to wait when it is given back."""
    wanted = request("a")
    ledger.record_plan(record(ledger, wanted), plan(deferrals=[deferred(wanted)]))
    ledger.record_plan(record(ledger), plan([placed(wanted)], name="plan-2"))
    assert ledger.runs(["a-0"])[0].reason is None
    ledger.give_back("a-0", NOW)
    third = record(ledger)
    ledger.record_plan(third, plan(deferrals=[deferred(wanted)], name="plan-3"))
    assert ledger.runs(["a-0"])[0].waits_since == third


def test_the_last_plan_had_a_run_there_until_another_has_it_elsewhere(ledger: Ledger) -> None:
    """What was given back knows its place; once it waits for one, or has one, that is over."""
    wanted = request("a", 2)
    intend(ledger, wanted)
    assert ledger.last_places() == {}
    for index in range(2):
        ledger.give_back(f"a-{index}", NOW)
    assert ledger.last_places() == {"a-0": PLACE, "a-1": PLACE}
    after = plan([placed(wanted)], [deferred(wanted, 1)], name="plan-2")
    ledger.record_plan(record(ledger), after)
    assert ledger.last_places() == {}


def test_a_reason_to_wait_is_for_runs_that_wait(ledger: Ledger) -> None:
    """A run that ended meanwhile keeps what it ended with."""
    reason = Reason.of(ReasonCode.UNKNOWN_JOB, "no such job")
    wanted = request("a", error=reason)
    ledger.record_plan(record(ledger, wanted), plan(deferrals=[deferred(wanted)]))
    assert ledger.runs(["a-0"])[0].reason == reason


def test_plans_are_found_by_cycle_and_by_run(ledger: Ledger) -> None:
    """By default it is the last plan; of a run it is the last one that speaks of it."""
    placed_run, waiting, broken = request("a"), request("b"), request("c")
    reason = Reason.of(ReasonCode.UNKNOWN_JOB, "no such job")
    error = RequestError(request="c", job="boot", parent="node-1", reason=reason)
    first = plan([placed(placed_run)], [deferred(waiting)], name="first", errors=(error,))
    second = plan([], [deferred(waiting)], name="second")
    numbers = [
        record(ledger, placed_run, waiting, broken.model_copy(update={"error": reason})),
        record(ledger),
    ]
    for number, document in zip(numbers, (first, second), strict=True):
        ledger.record_plan(number, document)
    third = record(ledger)
    assert ledger.plan() == second
    assert ledger.plan(cycle=numbers[0]) == first
    assert ledger.plan(cycle=third) is None
    assert ledger.plan(run="a-0") == first
    assert ledger.plan(run="b-0") == second
    assert ledger.plan(run="c-0") == first
    assert ledger.plan(run="x-0") is None


def test_frequency_counts_runs_that_were_placed(ledger: Ledger) -> None:
    """Only job, tree, branch, platform and time of runs that got a place count, ends included."""
    at, since, until = NOW, NOW - DAY, NOW + DAY
    waiting, failed, tried = request("w", job="waits"), request("f", job="fails"), request("a")
    record(ledger, waiting)
    intend(ledger, failed, tried, at=at)
    ledger.mark_failed("f-0", "refused", "submit_error", NOW)
    where = ("mainline", "master", PLACE.platform)
    assert ledger.ran_since("boot", *where, since, until)
    assert ledger.ran_since("boot", *where, at, at)
    assert not ledger.ran_since("boot", *where, since, at - MINUTE)
    assert not ledger.ran_since("boot", *where, at + MINUTE, until)
    assert not ledger.ran_since("waits", *where, since, until)
    assert not ledger.ran_since("fails", *where, since, until)
    for odd in (("next", *where[1:]), (where[0], "dev", where[2]), (*where[:2], "pi-5")):
        assert not ledger.ran_since("boot", *odd, since, until)
    ledger.mark_dry_run(("a-0",), NOW)
    assert ledger.ran_since("boot", *where, since, until)

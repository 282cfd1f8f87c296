# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is let go of, and what is not."""

from models import RunState
from planner.ledger import Ledger
from tests.ledger.nouns import (
    DAY,
    NOW,
    deferred,
    event,
    intend,
    node,
    outcome,
    placed,
    plan,
    record,
    request,
    states,
)


def test_old_events_are_forgotten(ledger: Ledger) -> None:
    """Fingerprints older than that are news again, the others are not."""
    record(ledger, events=["old"], at=NOW - DAY)
    record(ledger, events=["new"], at=NOW)
    ledger.prune(NOW)
    assert ledger.unseen([event("old"), event("new")]) == (event("old"),)


def test_old_plans_are_forgotten_but_the_last(ledger: Ledger) -> None:
    """There is always a last plan, however old."""
    numbers = [record(ledger, at=NOW - 3 * DAY), record(ledger, at=NOW - 2 * DAY)]
    for number in numbers:
        ledger.record_plan(number, plan(name=f"plan-{number}", at=NOW - 2 * DAY))
    ledger.prune(NOW)
    assert ledger.plan(cycle=numbers[0]) is None
    assert ledger.plan() == plan(name=f"plan-{numbers[1]}", at=NOW - 2 * DAY)


def test_what_waits_or_is_about_to_be_sent_is_kept_whole(ledger: Ledger) -> None:
    """However old they are, a request can be planned, and an order sent again or given back."""
    waits, about, back = (request(key, parent=f"node-{key}") for key in "abc")
    number = record(ledger, waits, about, back)
    orders = ledger.record_plan(number, plan([placed(about), placed(back)], [deferred(waits)]))
    ledger.prune(NOW + 30 * DAY)
    assert sorted(order.run for order in ledger.orders()) == ["b-0", "c-0"]
    ledger.give_back("c-0", NOW)
    ledger.prune(NOW + 30 * DAY)
    assert ledger.backlog() == (waits, back)
    assert ledger.orders() == orders[:1]
    again = ledger.record_plan(record(ledger), plan([placed(waits)], name="again"))
    assert [order.node for order in again] == [node("node-a")]


def test_runs_requests_and_cycles_stay(ledger: Ledger) -> None:
    """History is not forgotten: what ran, and that a request is known."""
    wanted = request("a")
    intend(ledger, wanted)
    ledger.mark_submitted("a-0", "17", NOW)
    ledger.prune(NOW + 30 * DAY)
    ledger.record_outcomes((outcome("a-0", RunState.FINISHED, result="pass"),), NOW + 30 * DAY)
    ledger.prune(NOW + 60 * DAY)
    assert states(ledger, "a-0") == [RunState.FINISHED]
    assert ledger.history().runs[0].result == "pass"
    assert len(ledger.history().cycles) == 1
    assert ledger.known(["a"]) == {"a"}
    assert ledger.ran_since("boot", "mainline", "master", "rock-5b", NOW, NOW)
    record(ledger, wanted)
    assert ledger.backlog() == ()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who has an intended run in hand: the planner, one of several submitters, or nobody."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Alike, ExitCode, Order, Reason, ReasonCode, RunState
from planner.ledger import Ledger, LostClaimsError
from tests.ledger.nouns import MINUTE, NOW, PLACE, placed, plan, record, request, states

LAB = PLACE.runtime
SOON = NOW + MINUTE


def leave(ledger: Ledger, runs: int, key: str = "a", **of_request: Any) -> None:
    """Intend so many runs and leave them to submitters."""
    wanted = request(key, runs, **of_request)
    number = record(ledger, wanted)
    places = [placed(wanted, index) for index in range(runs)]
    assert ledger.record_plan(number, plan(places, name=f"plan-{number}"), {LAB}) == ()


def test_several_claim_and_none_gets_what_another_has(url: str, ledger: Ledger) -> None:
    """Submitters that claim at the same time share what is intended, each run with one of them."""
    leave(ledger, 60)

    def work(number: int) -> list[str]:
        with Ledger.open(url, aside=True) as mine, mine.submitter([LAB]) as one:
            got: list[str] = []
            while portion := mine.claim(one, LAB, 12, SOON):
                got += [order.run for order in portion]
                for order in portion:
                    mine.mark_submitted(order.run, f"job-{number}", SOON)
            return got

    with ThreadPoolExecutor(3) as pool:
        claimed = [run for got in pool.map(work, range(3)) for run in got]
    assert sorted(claimed) == sorted(f"a-{index}" for index in range(60))
    assert set(states(ledger, *claimed)) == {RunState.SUBMITTED}


def test_all_together_have_no_more_in_hand_than_the_lab_allows(url: str, ledger: Ledger) -> None:
    """Each has its part of the limit; what one still has leaves less room for the others."""
    leave(ledger, 20)
    with (
        Ledger.open(url, aside=True) as second,
        ledger.submitter([LAB]) as one,
        second.submitter([LAB]) as two,
    ):
        assert ledger.served() == {LAB}
        held = [ledger.claim(one, LAB, 5, SOON), second.claim(two, LAB, 5, SOON)]
        held += [ledger.claim(one, LAB, 5, SOON), second.claim(two, LAB, 5, SOON)]
        assert [len(portion) for portion in held] == [2, 2, 1, 0]
        ledger.mark_submitted(held[0][0].run, "17", SOON)
        assert len(second.claim(two, LAB, 5, SOON)) == 1


def test_what_nobody_claimed_waits_again(ledger: Ledger) -> None:
    """It was certainly not sent, so nobody has to look for it; what is in hand stays there."""
    leave(ledger, 3)
    with ledger.submitter([LAB]) as one:
        (mine,) = ledger.claim(one, LAB, 1, SOON)
        assert sorted(ledger.recall()) == ["a-1", "a-2"]
        assert states(ledger, "a-0", "a-1", "a-2") == [RunState.INTENDED, *[RunState.WAITING] * 2]
        assert mine.run == "a-0"
        assert ledger.orders() == ()
        assert ledger.last_places() == {"a-1": PLACE, "a-2": PLACE}


def test_nothing_is_claimed_once_its_plan_is_old(ledger: Ledger) -> None:
    """After its time it is for the next plan to decide."""
    leave(ledger, 1)
    with ledger.submitter([LAB]) as one:
        assert ledger.claim(one, LAB, 1, NOW + timedelta(minutes=4)) == ()
        assert ledger.claim(one, "another lab", 1, SOON) == ()
        assert len(ledger.claim(one, LAB, 1, SOON)) == 1


def test_what_a_dead_submitter_had_is_the_planners_after_its_lease(
    url: str, ledger: Ledger
) -> None:
    """Not before; then the planner looks for it, and the dead one can write nothing more."""
    leave(ledger, 2)
    with Ledger.open(url, aside=True) as other, other.submitter([LAB], lease_s=1.5) as dying:
        (taken,) = other.claim(dying, LAB, 1, SOON)
        dying._over.set()  # as if the whole process stood still
        ledger.recall()
        assert ledger.orders() == ()
        assert ledger.served() == {LAB}
        time.sleep(1.6)
        assert not dying.holds()
        assert ledger.served() == frozenset()
        ledger.recall()
        assert [order.run for order in ledger.orders()] == [taken.run]
        with pytest.raises(LostClaimsError) as caught:
            other.mark_submitted(taken.run, "17", SOON)
        assert caught.value.exit_code is ExitCode.LOCKED
    assert states(ledger, taken.run) == [RunState.INTENDED]


def test_a_submitter_that_goes_hands_over_what_is_in_doubt(url: str, ledger: Ledger) -> None:
    """Whatever it could not settle is the planner's at once, also what it looked for in vain."""
    leave(ledger, 2)
    with Ledger.open(url, aside=True) as other:
        with other.submitter([LAB]) as one:
            claimed = other.claim(one, LAB, 2, SOON)
            other.mark_sought(claimed[0].run, SOON)
            assert [order.sought for order in ledger.orders()] == [SOON]
        assert {order.run for order in ledger.orders()} == {order.run for order in claimed}


def test_a_run_is_given_back_with_its_reason(ledger: Ledger) -> None:
    """Who looks at the backlog sees why it was not sent."""
    leave(ledger, 1)
    reason = Reason.of(ReasonCode.LAB_HOURS, "the lab closed")
    with ledger.submitter([LAB]) as one:
        (order,) = ledger.claim(one, LAB, 1, SOON)
        ledger.give_back(order.run, SOON, reason)
    (waiting,) = ledger.status().waiting
    assert (waiting.run, waiting.reason) == (order.run, reason)


def test_rivals_are_counted(ledger: Ledger) -> None:
    """Of runs in hand at the same time one comes first; what was sent counts from then on."""
    leave(ledger, 3)
    with ledger.submitter([LAB]) as one:
        first, second, third = ledger.claim(one, LAB, 3, SOON)

        def rivals(order: Order, since: datetime, **alike: Any) -> int:
            return ledger.rivals(order, Alike(since, **alike)).total()

        assert [rivals(order, NOW) for order in (first, second, third)] == [0, 1, 2]
        ledger.mark_submitted(third.run, "17", SOON)
        assert [rivals(order, SOON) for order in (first, second)] == [1, 2]
        assert ledger.rivals(second, Alike(SOON)) == {("boot", second.platform): 2}
        assert rivals(first, SOON, tree="mainline", job="boot", priority=40) == 1
        assert rivals(first, SOON, tree="another") == 0
        assert rivals(first, SOON, priority=39) == 0
        assert rivals(first, SOON, context="eu-west") == 0
        assert rivals(first, SOON + MINUTE, there=True) == 0


def test_who_is_first_is_claimed_first(url: str, ledger: Ledger) -> None:
    """What another submitter claims later, of lower priority, sees what is in hand already."""
    leave(ledger, 1, "a", priority=20)
    leave(ledger, 1, "b", priority=60)
    with (
        Ledger.open(url, aside=True) as other,
        ledger.submitter([LAB]) as one,
        other.submitter([LAB]) as two,
    ):
        (first,) = ledger.claim(one, LAB, 2, SOON)
        assert ledger.rivals(first, Alike(NOW)).total() == 0
        (second,) = other.claim(two, LAB, 2, SOON)
        assert (first.priority, second.priority) == (60, 20)
        assert other.rivals(second, Alike(NOW)).total() == 1
        assert ledger.rivals(first, Alike(NOW)).total() == 0

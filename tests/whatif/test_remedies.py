# SPDX-License-Identifier: LGPL-2.1-or-later
"""The cheapest single change that places a run: it works, and no cheaper one of the list does."""

from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings

from models import Mode, PlannerError, Reason, ReasonCode, Remedy
from planner.whatif import Scenario, read_change, remedy
from planner.whatif.options import single_changes
from tests.candidates.site import SHELL, site
from tests.whatif.scenarios import devices, lab, scenario, scenarios, wish


def cheapest(found: Scenario, run: str) -> tuple[str | None, int | None]:
    """Return the change that was found, and its cost."""
    answer = remedy(found, run)
    return answer.change, answer.cost


def waiting(found: Scenario) -> list[str]:
    """Return the runs that wait."""
    return [deferral.run for deferral in found.document.deferrals]


def test_a_ceiling_is_cheaper_than_a_board() -> None:
    """Costs decide, and they are those that the site declares."""
    full = scenario(wish("north/juno", number=2), labs=(devices("north", juno=1),))
    assert cheapest(full, "r0-1") == ("ceiling=north/juno:+1", 10)
    dear = site(lab("north"), lab("south"), SHELL, changes={"ceiling": 500, "device": 70})
    other = Scenario(dear, full.requests, full.capacity, now=full.now)
    assert cheapest(other, "r0-1") == ("devices=north/juno:+1", 70)


def test_as_many_as_it_takes() -> None:
    """Those that are worth more get the first places that are made."""
    full = scenario(
        wish("north/juno", key="low"),
        wish("north/juno", key="high", number=3, priority=60),
        labs=(devices("north", juno=1),),
    )
    answer = remedy(full, "low-0")
    assert (answer.change, answer.cost) == ("ceiling=north/juno:+3", 30)
    assert [one.works for one in answer.tried] == [False, False, True]
    assert answer.gains["value"] > 0


def test_room_elsewhere_lets_another_run_move() -> None:
    """A run may be placed because what stands in its way has somewhere to go."""
    full = scenario(
        wish("north/juno", key="fixed"),
        wish("north/juno", "south/rk3399", key="free", priority=60),
        wish("south/rk3399", key="other", priority=60),
        labs=(devices("north", juno=1), devices("south", rk3399=1)),
    )
    closed = Scenario(
        site(lab("north"), lab("south"), SHELL, changes={"ceiling": 1000}),
        full.requests,
        full.capacity,
        now=full.now,
    )
    assert cheapest(closed, "fixed-0")[0] == "devices=north/juno:+1"
    tried = {str(priced.change) for priced in single_changes(closed, full.requests[0])}
    assert "devices=south/rk3399:+1" in tried


def test_the_first_board_of_a_type() -> None:
    """Where the lab has none, a board is what it takes, and no rule is in conflict."""
    away = scenario(wish("north/juno"), labs=(devices("north", juno=0),))
    answer = remedy(away, "r0-0")
    assert answer.change == "devices=north/juno:+1"
    assert [place.device_type for place in answer.places] == ["juno"]
    assert answer.conflict == ()


@pytest.mark.parametrize(
    ("number", "places", "change"),
    [
        (2, ("north/juno",), "mode=r0:permissive"),
        (3, ("north/juno", "north/rk3399"), "mode=r0:permissive"),
    ],
)
def test_strict_to_permissive(number: int, places: tuple[str, ...], change: str) -> None:
    """Three runs that must differ on two types: the cheapest is that they need not."""
    strict = scenario(
        wish(*places, number=number, mode="strict"), labs=(devices("north", juno=3, rk3399=1),)
    )
    assert cheapest(strict, "r0-0") == (change, 3)


def test_fewer_runs() -> None:
    """Where no more room is cheap, `number` 3 to 2 makes a strict request possible."""
    strict = scenario(
        wish("north/juno", "south/rk3399", number=3, mode="strict"),
        labs=(devices("north", juno=1), devices("south", rk3399=1)),
    )
    answer = remedy(strict, "r0-2")
    assert (answer.change, answer.cost) == ("number=r0:2", 5)
    assert len(answer.places) == 2


def test_a_request_in_error() -> None:
    """A strict request with too few values has no runs; what it would take is told of its key."""
    reason = Reason.of(ReasonCode.TOO_FEW_VARIANTS, "2 runs must differ in device_type")
    wrong = scenario(
        wish("north/juno", number=2, mode="strict", error=reason),
        labs=(devices("north", juno=2),),
    )
    assert cheapest(wrong, "r0") == ("mode=r0:permissive", 3)


def test_a_contract_set_aside() -> None:
    """Where the owner admits none, only another contract helps."""
    open_ = scenario(wish("north/juno"), labs=(devices("north", juno=1),))
    never = {"north": {"quotas": {"job": {"baseline": 0}}}}
    closed = site(lab("north"), lab("south"), SHELL, contracts=never)
    found = Scenario(closed, open_.requests, open_.capacity, now=open_.now)
    assert cheapest(found, "r0-0") == ("contract=north:none", 200)


def test_no_single_change() -> None:
    """Two limits of one lab are in the way: then no change is named, and all are said."""
    tight = scenario(wish("north/juno", number=2), labs=(devices("north", limit=1, juno=1),))
    answer = remedy(tight, "r0-1")
    assert (answer.change, answer.complete) == (None, True)
    assert {one.change for one in answer.tried} >= {"ceiling=north:+1", "ceiling=north/juno:+1"}
    number, limit = (rule.rule for rule in answer.conflict)
    assert number == "number"
    assert limit in ("slot_ceiling", "runtime_total")


def test_the_limit_of_solves() -> None:
    """A search that was cut short says so."""
    tight = scenario(wish("north/juno", number=2), labs=(devices("north", limit=1, juno=1),))
    answer = remedy(tight, "r0-1", most_solves=0)
    assert not answer.complete
    assert answer.tried == ()


def test_a_run_that_is_placed_or_unknown() -> None:
    """There is nothing to remedy, and that is said."""
    fine = scenario(wish("north/juno"), labs=(devices("north", juno=1),))
    with pytest.raises(PlannerError, match="placed already"):
        remedy(fine, "r0-0")
    with pytest.raises(PlannerError, match="no run 'r9-0'"):
        remedy(fine, "r9-0")


def works(before: Scenario, run: str, change: str) -> bool:
    """Tell by solving anew whether a change places the run and makes the plan worth more."""
    after = before.changed([read_change(change)])
    placed = {one.run for one in after.document.assignments}
    if change.startswith("number="):
        request = run.rpartition("-")[0]
        fine = request in {one.request for one in after.document.assignments} and not any(
            deferral.request == request for deferral in after.document.deferrals
        )
    else:
        fine = run in placed
    return fine and after.plan.tiers[0].value > before.plan.tiers[0].value


def agreed(before: Scenario, run: str, answer: Remedy) -> None:
    """Assert that each change that was tried does what it is said to do."""
    for one in answer.tried:
        assert works(before, run, one.change) == one.works, one.change


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=scenarios)
def test_the_answer_works_and_nothing_cheaper_does(before: Scenario) -> None:
    """Every listed change up to the answer, those that prices ruled out included, solved anew."""
    for run in islice(waiting(before), 2):
        answer = remedy(before, run)
        request = next(r for r in before.requests if r.key == run.rpartition("-")[0])
        listed = [str(priced.change) for priced in single_changes(before, request)]
        assert [one.change for one in answer.tried] == listed[: len(answer.tried)]
        assert [one.cost for one in answer.tried] == sorted(one.cost for one in answer.tried)
        assert (answer.change is not None) == any(one.works for one in answer.tried)
        agreed(before, run, answer)


def test_permissive_requests_are_not_relaxed() -> None:
    """What need not differ anyway has no cheaper wish."""
    free = scenario(
        wish("north/juno", number=2, mode=Mode.PERMISSIVE), labs=(devices("north", juno=1),)
    )
    assert not [c for c in single_changes(free, free.requests[0]) if "mode=" in str(c.change)]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""One more device of each type: the difference of two exact plans, whoever found it out."""

from hypothesis import given, settings

from models import BoardWorth, DeviceCapacity, RuntimeCapacity, Tier
from planner.rules import GOALS
from planner.whatif import Scenario, read_change, worth
from planner.whatif.certain import Certainty
from tests.whatif.scenarios import devices, scenario, scenarios, wish


def named(found: tuple[BoardWorth, ...]) -> dict[str, BoardWorth]:
    """Return what was found by the name of the place."""
    return {board.place: board for board in found}


def test_the_best_comes_first() -> None:
    """A board that places a high priority is worth more than one that places a low one."""
    found = worth(
        scenario(
            wish("north/juno", number=2),
            wish("south/rk3399", key="r1", number=2, priority=60),
            labs=(devices("north", juno=1, minnow=1), devices("south", rk3399=1)),
        )
    )
    assert [board.place for board in found] == ["south/rk3399", "north/juno"]
    assert [board.placed for board in found] == [1, 1]
    assert found[0].gains["value"] > found[1].gains["value"] > 0


def test_a_type_that_is_away() -> None:
    """A type that the lab lists with no device counts; one that it does not list, does not."""
    found = worth(scenario(wish("north/juno", "north/minnow"), labs=(devices("north", juno=0),)))
    assert [(board.place, board.placed) for board in found] == [("north/juno", 1)]


def test_jobs_at_a_time() -> None:
    """A runtime without devices of its own may take one more job at a time."""
    found = named(worth(scenario(wish("shell/juno", number=3))))
    assert found["shell"].device_type is None
    assert found["shell"].placed == 1


def test_what_the_prices_rule_out_is_not_solved() -> None:
    """Where nobody waits, the proof of the plan says so by itself."""
    found = named(
        worth(
            scenario(
                wish("north/juno", number=2),
                wish("south/rk3399", key="r1"),
                labs=(devices("north", juno=1), devices("south", rk3399=2)),
            )
        )
    )
    assert found["north/juno"].solved
    assert not found["south/rk3399"].solved
    assert not any(found["south/rk3399"].gains.values())


def test_a_shorter_queue() -> None:
    """One more board where a queue is long makes everything there end sooner."""
    busy = RuntimeCapacity(
        runtime="north", devices={"juno": DeviceCapacity(devices=2, queue=1, running=2)}
    )
    (board,) = worth(scenario(wish("north/juno"), labs=(busy,)))
    assert board.solved
    assert (board.placed, board.gains["value"]) == (0, 0)
    assert board.gains["completion"] < 0


@settings(max_examples=12, deadline=None)
@given(before=scenarios)
def test_the_worth_is_the_difference_of_two_exact_plans(before: Scenario) -> None:
    """For each type, solved or ruled out by prices: both plans made from nothing say the same."""
    for board in worth(before):
        kind = "devices" if board.device_type else "slots"
        after = before.changed([read_change(f"{kind}={board.place}:+1")])
        gains = {
            old.name: new.value - old.value
            for old, new in zip(before.plan.tiers, after.plan.tiers, strict=True)
        }
        assert board.gains == gains
        assert not board.solved or board.placed == after.plan.placed - before.plan.placed


@settings(max_examples=12, deadline=None)
@given(before=scenarios)
def test_the_order_is_that_of_the_tiers(before: Scenario) -> None:
    """No type stands behind one that brings less, tier by tier."""
    brought = [
        [gain if GOALS[Tier(name)].maximise else -gain for name, gain in board.gains.items()]
        for board in worth(before)
    ]
    assert brought == sorted(brought, reverse=True)


@settings(max_examples=12, deadline=None)
@given(before=scenarios)
def test_a_plan_is_certainly_best_for_its_own_problem(before: Scenario) -> None:
    """A plan that is at all its bounds proves by itself that no other one is better."""
    certainty = Certainty(before.problem, before.plan)
    at_bounds = all(tier.value == tier.bound for tier in before.plan.tiers)
    assert certainty.still_best(before.problem) == at_bounds

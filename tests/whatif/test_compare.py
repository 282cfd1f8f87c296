# SPDX-License-Identifier: LGPL-2.1-or-later
"""Both plans of a comparison, and what each kind of change does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import ExitCode, PlannerError, ReasonCode, RuntimeCapacity
from planner.whatif import Scenario, read_change, what_if
from tests.candidates.site import SHELL, site
from tests.whatif.scenarios import BOARDS, LABS, devices, lab, scenario, scenarios, wish


def tiers(found: Scenario) -> tuple[int, ...]:
    """Return what the plan of a scenario reaches, tier by tier."""
    return tuple(tier.value for tier in found.plan.tiers)


def crowded(runs: int = 3) -> Scenario:
    """Return a scenario of more runs than the one board in the north takes: one at a time."""
    return scenario(wish("north/juno", number=runs), labs=(devices("north", juno=1),))


def test_nothing_changes() -> None:
    """Without a change both plans are one."""
    found = what_if(crowded(), [])
    assert found.before == found.after
    assert found.difference.empty


def test_a_lab_goes_offline() -> None:
    """Its runs move where another lab has room, and the others wait for a device."""
    before = scenario(
        wish("north/juno", "south/juno", key="a"),
        wish("north/juno", key="b", priority=60),
        labs=(devices("north", juno=1), devices("south", juno=1)),
    )
    found = what_if(before, ["lab=north:offline"])
    assert (found.before.placed, found.after.placed) == (2, 1)
    (lost,) = found.difference.deferred
    assert lost.request == "b"
    assert lost.reason_after is not None
    assert lost.reason_after.code is ReasonCode.NO_DEVICE


def test_a_shell_and_an_unknown_lab_go_offline() -> None:
    """A runtime without devices of its own can be offline as well, and one nobody knows of."""
    unknown = RuntimeCapacity(runtime="north", known=False)
    before = scenario(wish("shell/juno", key="a"), wish("north/juno", key="b"), labs=(unknown,))
    found = what_if(before, ["lab=shell:offline", "lab=north:offline"])
    assert (found.before.placed, found.after.placed) == (2, 0)


@pytest.mark.parametrize(
    ("change", "placed"),
    [
        ("devices=north/juno:+1", 2),
        ("devices=north/juno:=3", 3),
        ("devices=north/juno:-1", 0),
        ("ceiling=north/juno:+1", 2),
        ("ceiling=north/juno:=2", 2),
        ("ceiling=north:=0", 0),
        ("number=baseline:1", 1),
    ],
)
def test_more_and_less(change: str, placed: int) -> None:
    """One board takes one run, so that each change shows in how many are placed."""
    found = what_if(crowded(), [change])
    assert (found.before.placed, found.after.placed) == (1, placed)
    assert found.after.placed == found.before.placed + len(found.difference.placed) - len(
        found.difference.deferred
    )


def test_a_total_and_slots() -> None:
    """What a runtime takes in all may be more, and so may its jobs at a time."""
    full = scenario(
        wish("north/juno", number=3),
        wish("shell/juno", key="r1", number=3),
        labs=(devices("north", limit=1, juno=3),),
    )
    assert what_if(full, ["ceiling=north:+1"]).after.placed == 3
    assert what_if(full, ["slots=shell:+2"]).after.placed == 4


def test_the_first_board_of_a_type() -> None:
    """A lab may get a type that it does not list, if a run of the batch could go there."""
    empty = scenario(wish("south/juno"), labs=(devices("south", rk3399=1),))
    assert what_if(empty, ["devices=south/juno:+1"]).after.placed == 1


def test_a_strict_request_relaxed() -> None:
    """A strict request that cannot have its values is placed when it only should differ."""
    strict = scenario(
        wish("north/juno", "north/rk3399", number=2, mode="strict"),
        labs=(devices("north", juno=2),),
    )
    found = what_if(strict, ["mode=r0:permissive"])
    assert (found.before.placed, found.after.placed) == (0, 2)


def test_a_contract_of_one_lab_set_aside() -> None:
    """A contract of a type of labs goes on holding for the others."""
    before = scenario(
        wish("north/juno"),
        wish("south/juno", key="r1"),
        labs=(devices("north", juno=1), devices("south", juno=1)),
    )
    never = {"lava": {"quotas": {"job": {"baseline": 0}}}}
    catalog = site(lab("north"), lab("south"), SHELL, contracts=never)
    bound = Scenario(catalog, before.requests, before.capacity, now=before.now)
    found = what_if(bound, ["contract=north:none"])
    assert (found.before.placed, found.after.placed) == (0, 1)
    assert [change.request for change in found.difference.placed] == ["r0"]


def in_either(runs: int = 2) -> Scenario:
    """Return a scenario of a request that finds room in either lab."""
    return scenario(
        wish("north/juno", "south/juno", key="4be02f7a0", number=runs),
        labs=(devices("north", juno=9), devices("south", juno=9)),
    )


@pytest.mark.parametrize("there", ["north", "south"])
@pytest.mark.parametrize(("name", "least"), [("4be02f7-1", 1), ("4be02f7", 2), ("baseline", 2)])
def test_a_pin(name: str, least: int, there: str) -> None:
    """One run of a request goes where it is pinned to, or all of a request, or of a job."""
    pinned = in_either().changed([read_change(f"pin={name}:{there}")])
    went = {one.run: one.runtime for one in pinned.document.assignments}
    assert len(went) == 2
    assert went["4be02f7a0-1"] == there
    assert list(went.values()).count(there) >= least
    aside = pinned.changed([read_change(f"pin={name}:none")])
    assert aside.plan.id == in_either().plan.id


def test_a_pinned_run_that_finds_no_room_waits() -> None:
    """The others of its request do not; why it waits is said of it alone."""
    found = what_if(in_either(), ["lab=south:offline", "pin=4be02f7-1:south"])
    (waits,) = found.difference.deferred
    assert waits.run == "4be02f7a0-1"
    assert waits.reason_after is not None
    assert waits.reason_after.code is ReasonCode.PINNED
    assert found.after.placed == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("pin=4be02f7-1:west", "no runtime 'west'; there are: north, shell, south"),
        ("pin=4be02f7-2:north", "has no run 2; its runs are 0 to 1"),
        ("pin=4be02f7-1:none", "no pin of '4be02f7-1'; there are none"),
    ],
)
def test_a_pin_of_what_is_not_there(change: str, said: str) -> None:
    """A usage error that names what there is."""
    with pytest.raises(PlannerError) as raised:
        what_if(in_either(), [change])
    assert said in str(raised.value)
    assert raised.value.exit_code == ExitCode.USAGE


def test_several_changes_at_once() -> None:
    """All are made, one after the other."""
    found = what_if(crowded(), ["devices=north/juno:+1", "devices=north/juno:+1"])
    assert found.after.placed == 3
    assert found.changes == ("devices=north/juno:+1", "devices=north/juno:+1")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("lab=west:offline", "no runtime 'west'; there are: north, shell, south"),
        ("devices=west/juno:+1", "no runtime 'west'; there are: north, shell, south"),
        ("devices=north/foo:+1", "no device type in north called 'foo'; there are: juno"),
        ("devices=shell/juno:+1", "say slots=shell:+1"),
        ("devices=north/juno:-2", "the number of juno in north is 1, which cannot be 2 less"),
        ("slots=north:+1", "north does not say how many jobs it runs at a time"),
        ("ceiling=north/foo:+1", "no slot 'north/foo'; there are: north/juno"),
        ("ceiling=north:+1", "nothing limits how many runs north takes in all"),
        ("ceiling=south:+1", "no run of this batch could go to south"),
        ("ceiling=west:+1", "no runtime 'west'"),
        ("contract=north:none", "no contract of 'north'; there are none"),
        ("policy=nope", "there is no policy 'nope'; there are: "),
        ("number=boot:2", "no request or job 'boot'; there are: baseline"),
        ("number=r0:0", "a request has at least one run"),
    ],
)
def test_what_is_not_there(change: str, said: str) -> None:
    """A usage error that names what there is."""
    with pytest.raises(PlannerError) as raised:
        what_if(crowded(), [change])
    assert said in str(raised.value)
    assert raised.value.exit_code == ExitCode.USAGE


@settings(max_examples=30, deadline=None)
@given(
    before=scenarios,
    place=st.sampled_from([f"{lab}/{board}" for lab in LABS for board in BOARDS]),
    more=st.integers(1, 3),
)
def test_more_devices_never_lower_the_first_tier(before: Scenario, place: str, more: int) -> None:
    """Whatever could be placed still can be."""
    places = {f"{p.runtime}/{p.device_type}" for r in before.requests for p in r.candidates}
    change = f"devices={place}:+{more}" if place in places else f"devices={place}:+0"
    assert what_if(before, [change]).after.solve.tiers[0].value >= tiers(before)[0]


@settings(max_examples=30, deadline=None)
@given(before=scenarios, more=st.integers(1, 3), draw=st.data())
def test_a_higher_ceiling_never_makes_a_plan_worse(
    before: Scenario, more: int, draw: st.DataObject
) -> None:
    """The old plan is still one, so the new one is as good or better, tier by tier."""
    labels, problem = before.problem.labels, before.problem
    ceilings = [
        f"ceiling={labels['runtime'][problem.slot_runtime[slot]]}"
        f"/{labels['device_type'][problem.slot_device_type[slot]]}:+{more}"
        for slot in set(problem.ceiling_slot.tolist())
    ]
    change = draw.draw(st.sampled_from([[], *([one] for one in ceilings)]))
    after = what_if(before, change).after.solve.tiers
    value, *costs = tiers(before)
    later, *costs_later = (tier.value for tier in after)
    assert (-later, *costs_later) <= (-value, *costs)

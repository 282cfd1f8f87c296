# SPDX-License-Identifier: LGPL-2.1-or-later
"""The smallest set of rules that cannot be kept together, against trying all sets."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models import (
    Policy,
    Reason,
    ReasonCode,
    Rejection,
    Reserve,
    SentRun,
    TreeWeights,
)
from planner.whatif import Scenario, smallest_conflict
from planner.whatif.alone import Alone
from planner.whatif.conflict import smallest
from tests.candidates.site import SHELL, site
from tests.whatif.scenarios import devices, lab, scenario, scenarios, wish


def rules(found: Scenario) -> list[str]:
    """Return the names of the rules in conflict for the first request."""
    return [rule.rule for rule in smallest_conflict(found, found.requests[0])]


def test_a_request_that_others_outbid_is_in_no_conflict() -> None:
    """Alone it could be placed."""
    found = scenario(
        wish("north/juno"), wish("north/juno", key="r1"), labs=(devices("north", juno=1),)
    )
    assert rules(found) == []


def test_too_many_different_runs() -> None:
    """Three runs on two types: neither the number nor the rule is wrong by itself."""
    found = scenario(
        wish("north/juno", "north/rk3399", number=3, mode="strict"),
        labs=(devices("north", juno=3, rk3399=3),),
    )
    conflict = smallest_conflict(found, found.requests[0])
    assert [(one.rule, one.text) for one in conflict] == [
        ("number", "3 runs are wanted"),
        ("variant_strict", "its runs must differ in device_type"),
    ]


def test_a_limit_of_capacity() -> None:
    """More runs than a slot takes, wherever else they might go."""
    found = scenario(wish("north/juno", number=3), labs=(devices("north", juno=2),))
    conflict = smallest_conflict(found, found.requests[0])
    assert [one.text for one in conflict] == [
        "3 runs are wanted",
        "north/juno takes 2 more runs",
    ]


def test_a_contract() -> None:
    """The contract of the only lab is named with its sentence."""
    fine = scenario(wish("north/juno"), labs=(devices("north", juno=1),))
    never = {"north": {"quotas": {"job": {"baseline": 0}}}}
    catalog = site(lab("north"), lab("south"), SHELL, contracts=never)
    found = Scenario(catalog, fine.requests, fine.capacity, now=fine.now)
    (rule,) = smallest_conflict(found, found.requests[0])
    assert rule.rule == "lab_quota"
    assert "the contract of north admits no runs of job baseline" in rule.text


def test_what_is_reserved() -> None:
    """Room that is kept for others is a limit like any; for a bisection it is none."""
    policy = Policy(reserve=Reserve(count=2, jobs=("*bisect*",)))
    labs = (devices("north", juno=3),)
    found = scenario(wish("north/juno", number=2), labs=labs, policy=policy)
    conflict = smallest_conflict(found, found.requests[0])
    assert [(one.rule, one.text) for one in conflict] == [
        ("number", "2 runs are wanted"),
        (
            "reserve",
            "north/juno takes 1 more run beside what is kept for humans and bisections",
        ),
    ]
    favoured = policy.model_copy(update={"reserve": Reserve(count=2, jobs=("base*",))})
    assert rules(scenario(wish("north/juno", number=2), labs=labs, policy=favoured)) == []


def test_a_later_choice() -> None:
    """A ladder of runtimes keeps the second one back for a while: that is one of the rules."""
    first, later = wish("north/juno", "south/rk3399").candidates
    asked = wish("north/juno", number=2, mode="strict").model_copy(
        update={"candidates": (first, later.model_copy(update={"after_s": 3600}))}
    )
    found = scenario(asked, labs=(devices("north", juno=2), devices("south", rk3399=2)))
    assert rules(found) == ["number", "variant_strict", "later_choice"]


def pinned(*pins: dict[str, object], **rest: Any) -> Scenario:
    """Return a scenario of a request in two labs with room for it, under these pins."""
    found = scenario(
        wish("north/juno", "south/rk3399", key="4be02f7a0", **rest),
        labs=(devices("north", juno=3), devices("south", rk3399=3)),
    )
    said = [{"request": "4be02f7", **pin} for pin in pins]
    catalog = site(lab("north"), lab("south"), SHELL, pins=said)
    return Scenario(catalog, found.requests, found.capacity, now=found.now)


def test_pins_that_contradict_each_other() -> None:
    """Of one run, or of its request as a whole: each pin is named by its place."""
    of_run = pinned({"run": 0, "runtime": "north"}, {"run": 0, "runtime": "south"})
    assert [one.text for one in smallest_conflict(of_run, of_run.requests[0])] == [
        "run 0 is pinned to north",
        "run 0 is pinned to south",
    ]
    both = pinned({"runtime": "north"}, {"run": 0, "device_type": "rk3399"})
    conflict = smallest_conflict(both, both.requests[0])
    assert [(one.rule, one.text) for one in conflict] == [
        ("pinned", "the request is pinned to north"),
        ("pinned", "run 0 is pinned to rk3399"),
    ]
    whole = pinned({"runtime": "north"}, {"runtime": "south"})
    assert [one.text for one in smallest_conflict(whole, whole.requests[0])] == [
        "the request is pinned to south",
        "the request is pinned to north",
    ]


def test_pins_against_the_variant() -> None:
    """Two runs that must differ, and are pinned to one place."""
    found = pinned(
        {"run": 0, "runtime": "north"}, {"run": 1, "runtime": "north"}, number=2, mode="strict"
    )
    assert rules(found) == ["number", "variant_strict", "pinned", "pinned"]
    assert rules(pinned({"run": 0, "runtime": "north"}, number=2, mode="strict")) == []


def test_what_trees_weigh_is_no_rule() -> None:
    """A run may be worth nothing beside those of other changes; it could be placed all the same."""
    worthless = Policy(value_base=0, value_per_priority=0, trees=TreeWeights.RELATIVE)
    found = scenario(wish("north/juno"), labs=(devices("north", juno=1),), policy=worthless)
    assert found.plan.choice.tolist() == [-1]
    assert rules(found) == []


def test_what_the_filters_refuse() -> None:
    """A filter of KernelCI is one of the rules: without it there would be another place."""
    refused = Rejection(
        runtime="south",
        platform="rk3399",
        reason=Reason.of(ReasonCode.PLATFORM_FILTER, "scheduler.0 excludes rk3399"),
    )
    found = scenario(
        wish("north/juno", number=2, mode="strict", rejections=(refused,)),
        labs=(devices("north", juno=2), devices("south", rk3399=1)),
    )
    assert rules(found) == ["number", "variant_strict", "platform_filter"]


def test_values_of_earlier_runs() -> None:
    """A run that was sent keeps its value from the others."""
    sent = SentRun(index=0, runtime="north", platform="juno", device_type="juno")
    found = scenario(
        wish("north/juno", number=2, mode="strict", sent=(sent,)),
        labs=(devices("north", juno=2),),
    )
    conflict = smallest_conflict(found, found.requests[0])
    assert [one.text for one in conflict] == [
        "its runs must differ in device_type",
        "an earlier run has device_type juno",
    ]


def test_a_request_in_error() -> None:
    """Wishes that contradict each other from the start are told apart as well."""
    reason = Reason.of(ReasonCode.TOO_FEW_VARIANTS, "2 runs must differ in device_type")
    found = scenario(
        wish("north/juno", number=2, mode="strict", error=reason),
        labs=(devices("north", juno=2),),
    )
    assert rules(found) == ["number", "variant_strict"]


def test_a_job_that_is_not_defined() -> None:
    """Of what is misconfigured nothing can be solved."""
    assert rules(scenario(wish("north/juno", job="gone"))) == []


conflicts = st.lists(
    st.frozensets(st.integers(0, 7), min_size=1, max_size=4), min_size=1, max_size=6
)


@given(bad=conflicts)
def test_the_smallest_of_all(bad: list[frozenset[int]]) -> None:
    """Of random contradictions over eight rules, one of the smallest is found."""

    def feasible(kept: Iterable[int]) -> bool:
        return not any(one <= set(kept) for one in bad)

    found = smallest(8, feasible)
    assert found in bad
    assert len(found) == min(map(len, bad))


@settings(max_examples=20, deadline=None)
@given(found=scenarios)
def test_every_smaller_set_can_be_kept(found: Scenario) -> None:
    """All rules of the answer together cannot be kept; any smaller set of rules can."""
    request = found.requests[0]
    conflict = smallest_conflict(found, request)
    alone = Alone.of(found, request)
    names = [wish.named for wish in alone.wishes]
    everything = range(len(names))
    if not conflict:
        assert alone.feasible(everything) or not alone.feasible(())
        return
    assert not alone.feasible(names.index(rule) for rule in conflict)
    for few in combinations(everything, min(2, len(conflict) - 1)):
        assert alone.feasible(few)

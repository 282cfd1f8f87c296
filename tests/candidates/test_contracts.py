# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the contracts of labs refuse and limit."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import (
    Catalog,
    DeviceCapacity,
    ReasonCode,
    ReasonTier,
    Request,
    Revision,
    RuntimeCapacity,
)
from planner.candidates import admit
from planner.candidates.hours import Hours
from planner.plan import check, document
from planner.problem import build
from planner.solvers import SOLVERS, solve
from tests.candidates.site import NOW, capacity, lava, request, site

IDLE = DeviceCapacity(devices=1)


def under(**contract: Any) -> Catalog:
    """Return the site with one contract, of the LAVA lab."""
    return site(contracts={"lava": contract})


def of_tree(tree: str, key: str, **changes: Any) -> Request:
    """Return a request for the lab's juno that tests a revision of `tree`."""
    revision = Revision(tree=tree, branch="master", commit="c0ffee", patchset=False, seen=NOW)
    return request("lava/juno", key=key, revision=revision, **changes)


@pytest.mark.parametrize(
    ("contract", "code", "tier"),
    [
        ({"max_duration": "19m"}, ReasonCode.LAB_DURATION, ReasonTier.EXCLUDED),
        ({"quotas": {"tree": {"android": 0}}}, ReasonCode.LAB_QUOTA, ReasonTier.EXCLUDED),
        ({"quotas": {"job": {"baseline": 0}}}, ReasonCode.LAB_QUOTA, ReasonTier.EXCLUDED),
        ({"windows": ["13:00-14:00"]}, ReasonCode.LAB_HOURS, ReasonTier.WAITING),
    ],
)
def test_what_no_run_may_do_is_refused(
    contract: dict[str, Any], code: ReasonCode, tier: ReasonTier
) -> None:
    """A lab that takes no such run now is no candidate, and the reason names the contract."""
    admission = admit(under(**contract), [of_tree("android", "r0")], capacity(lava(juno=IDLE)))
    assert admission.candidates == ((),)
    (rejection,) = admission.rejections[0]
    assert (rejection.reason.code, rejection.reason.tier) == (code, tier)
    assert "lava" in rejection.reason.text


@pytest.mark.parametrize(
    "contract",
    [
        {"max_duration": "20m"},
        {"quotas": {"tree": {"android": 1, "next": 0}, "job": {"other": 0}}},
        {"windows": ["sat 11:59-12:01", "sun"]},
        {},
    ],
)
def test_what_the_contract_allows_is_a_candidate(contract: dict[str, Any]) -> None:
    """Runs of just the longest duration, of other trees and jobs, and within the hours."""
    admission = admit(under(**contract), [of_tree("android", "r0")], capacity(lava(juno=IDLE)))
    assert len(admission.candidates[0]) == 1


def test_a_contract_of_a_type_holds_for_each_runtime_of_it() -> None:
    """A runtime's own contract goes before that of its type."""
    catalog = site(contracts={"kubernetes": {"max_duration": 1}, "lava": {}})
    admission = admit(catalog, [request("lava/juno", "cloud/juno")])
    assert [c.place.runtime for c in admission.candidates[0]] == ["lava"]


def test_a_run_that_would_start_in_closed_hours_waits() -> None:
    """A queue of twenty minutes is too long for a lab that closes in ten."""
    busy = capacity(lava(juno=DeviceCapacity(devices=1, running=1)))
    admission = admit(under(windows=["sat 08:00-12:10"]), [request("lava/juno")], busy, now=NOW)
    (rejection,) = admission.rejections[0]
    assert rejection.reason.code is ReasonCode.LAB_HOURS
    assert "closes in 600 s and the queue is about 1200 s" in rejection.reason.text


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("contract", "placed", "said"),
    [
        ({"windows": ["sat 08:00-12:30"]}, 2, "lab_hours: lava/juno can start 2 more runs before"),
        ({"quotas": {"tree": {"android": 1}}}, 3, "lab_quota: the contract of lava admits 1 more"),
        ({"quotas": {"job": {"baseline": 3}}}, 3, "lab_quota: the contract of lava admits 3 more"),
        ({"max_share": 0.5}, 1, "lab_share: the contract of lava leaves 1 more run"),
    ],
)
def test_what_limits_several_runs_is_kept_by_every_solver(
    contract: dict[str, Any], placed: int, said: str, solver: str
) -> None:
    """Two runs of each of two trees, one idle board of three: a deferral names what stood there."""
    wishes = [of_tree(tree, f"{tree}{i}") for tree in ("android", "mainline") for i in range(2)]
    there = capacity(lava(juno=DeviceCapacity(devices=1), rk3399=DeviceCapacity(devices=2)))
    problem = build(admit(under(**contract), wishes, there, now=NOW))
    plan = solve(problem, solver=solver)
    assert check(problem, plan) == []
    assert plan.placed == placed
    if solver not in ("today",):
        texts = [d.reason.text for d in document(problem, plan, created=NOW).deferrals]
        assert all(said in text for text in texts)


def test_what_runs_and_waits_is_part_of_the_share() -> None:
    """Half of four slots with one taken leaves one; of a lab that nobody knows, nothing is said."""
    catalog = site(contracts={"shell": {"max_share": "0.5"}})
    busy = RuntimeCapacity(runtime="shell", slots=4, running=1)
    assert admit(catalog, [], capacity(busy)).contracts.shares() == {"shell": 1}
    assert admit(catalog, []).contracts.shares() == {}


def test_windows_that_touch_are_one() -> None:
    """Friday's night goes over into the weekend, and that into Monday's morning."""
    hours = Hours(["mon-fri 18:00-08:00", "sat-sun"])
    # NOW is a Saturday noon; Sunday ends with Monday, when the lab is closed until 18:00.
    assert hours.closes_in(NOW) == 36 * 3600
    assert hours.opens(NOW) == NOW
    monday = NOW + timedelta(days=2)
    assert hours.closes_in(monday) == 0
    assert hours.opens(monday) == monday + timedelta(hours=6)
    night = monday + timedelta(hours=10, seconds=7)
    assert hours.closes_in(night) == 10 * 3600 - 7


def test_no_windows_are_all_hours() -> None:
    """A contract that says nothing of hours never closes; nor do windows that fill the week."""
    assert Hours([]).closes_in(NOW) is None
    assert Hours(["mon-sun"]).closes_in(NOW) is None
    assert Hours(["00:00-12:00", "12:00-24:00"]).closes_in(NOW) is None


@given(
    begin=st.integers(0, 24 * 60 - 1),
    length=st.integers(1, 24 * 60 - 1),
    minute=st.integers(0, 7 * 24 * 60 - 1),
)
def test_a_daily_window_is_open_just_in_its_minutes(begin: int, length: int, minute: int) -> None:
    """Whatever the hours: within them it closes after what is left of them, else not at all."""
    end = (begin + length) % (24 * 60)
    text = f"{begin // 60:02d}:{begin % 60:02d}-{end // 60:02d}:{end % 60:02d}"
    moment = (NOW - timedelta(days=5, hours=12)) + timedelta(minutes=minute)
    into = (minute - begin) % (24 * 60)
    left = (length - into) * 60 if into < length else 0
    assert Hours([text]).closes_in(moment) == left

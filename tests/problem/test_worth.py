# SPDX-License-Identifier: LGPL-2.1-or-later
"""What runs are worth, and whom room is kept for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import DeviceCapacity, Policy, Request, Reserve, Revision, TreeWeights
from planner.candidates import admit
from planner.plan import check, document
from planner.problem import build
from planner.problem.groups import favoured, kept_free
from planner.problem.worth import worths
from planner.solvers import solve
from tests.candidates.site import NOW, capacity, lava, request, site

RELATIVE = Policy(trees=TreeWeights.RELATIVE)


def of(tree: str, change: int, key: str, priority: int = 20) -> Request:
    """Return a request for a change of `tree`; larger ones are newer."""
    revision = Revision(
        tree=tree,
        branch="master",
        commit=f"c{change}",
        patchset=False,
        seen=NOW - timedelta(hours=9) + timedelta(minutes=change),
    )
    return request("lava/juno", key=key, revision=revision, priority=priority)


def test_the_nth_change_of_every_tree_weighs_the_same() -> None:
    """Priorities count within a tree: its best run of the n-th change is worth 100 / n points."""
    wishes = [
        of("big", 1, "a", priority=80),
        of("big", 2, "b", priority=80),
        of("big", 2, "c", priority=35),
        of("small", 7, "d", priority=20),
    ]
    assert worths(RELATIVE, wishes, NOW) == [10_000, 5_000, 2_500, 10_000]


@given(many=st.integers(2, 40), priority=st.integers(0, 100))
def test_no_tree_starves_another(many: int, priority: int) -> None:
    """However many changes of however high a priority a tree has, the other's first is before."""
    wishes = [of("big", n, f"b{n}", priority=priority) for n in range(many)]
    worth = worths(RELATIVE, [*wishes, of("small", 99, "s", priority=0)], NOW)
    assert worth[-1] == max(worth)
    assert sorted(worth[:-1], reverse=True) == worth[:-1]
    assert worth[1] < worth[-1]


def test_humans_and_bisections_are_favoured() -> None:
    """What the pipeline submits is ordinary, unless its job is one that is named."""
    reserve = Reserve(count=1)
    assert favoured(reserve, request(submitter="ada"))
    assert not favoured(reserve, request(submitter="service:pipeline"))
    assert not favoured(reserve, request())
    assert favoured(reserve, request(job="kbuild-bisect-x86"))
    assert not favoured(Reserve(count=1, jobs=()), request(job="kbuild-bisect-x86"))


@pytest.mark.parametrize(
    ("reserve", "left"),
    [({}, None), ({"count": 2}, 8), ({"count": 2, "percent": 40}, 6), ({"count": 20}, 0)],
)
def test_the_larger_part_is_kept(reserve: dict[str, int], left: int | None) -> None:
    """A count or a share of the ceiling, whichever is more, and never more than there is."""
    kept = kept_free(Reserve.model_validate(reserve), [(0, 20, 10)])
    assert [limit for _, _, limit in kept] == ([] if left is None else [left])


@pytest.mark.parametrize("solver", ["exact", "greedy", "cpsat"])
def test_a_place_is_kept_whether_a_human_wants_it_or_not(solver: str) -> None:
    """Of two places one is reserved: one ordinary run waits, with or without a human's."""
    two = [request("cloud/juno", key=f"r{i}", priority=80) for i in range(2)]
    human = request("cloud/juno", key="human", submitter="ada")
    devices = {"juno": DeviceCapacity(devices=2)}
    there = capacity(lava().model_copy(update={"runtime": "cloud", "devices": devices}))
    for wishes, placed in (([*two, human], {"r0-0", "human-0"}), (two, {"r0-0"})):
        problem = build(admit(site(), wishes, there, policy=Policy(reserve=Reserve(count=1))))
        plan = solve(problem, solver=solver)
        assert check(problem, plan) == []
        written = document(problem, plan, created=NOW)
        assert {a.run.replace("r1", "r0") for a in written.assignments} == placed
    assert "reserve: cloud/juno takes 1 more run of priority 80" in written.deferrals[0].reason.text

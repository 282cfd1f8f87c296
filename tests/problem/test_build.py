# SPDX-License-Identifier: LGPL-2.1-or-later
"""From what was admitted to columns."""

from datetime import timedelta

import numpy as np
import pytest

from models import (
    DeviceCapacity,
    Mode,
    Place,
    Policy,
    Revision,
    Runs,
    RuntimeCapacity,
    SentRun,
    UnderTest,
    VariantAttribute,
)
from planner.candidates import admit
from planner.plan import check
from planner.problem import ATTRIBUTES, FREE, STRICT, Problem, build
from planner.problem.validity import validate
from planner.solvers import solve
from tests.candidates.site import NOW, capacity, lava, request, site

IDLE = DeviceCapacity(devices=1)


def test_two_platforms_of_one_device_type_share_a_slot() -> None:
    """Candidates are per platform, queues per device type."""
    both = request("lava/juno", "lava/rk3399")
    shared = tuple(p.model_copy(update={"device_type": "qemu"}) for p in both.candidates)
    both = both.model_copy(update={"candidates": shared})
    problem = build(admit(site(), [both], capacity(lava(qemu=IDLE))))
    assert problem.slots == 1
    assert list(problem.candidate_slot) == [0, 0]
    assert [problem.labels["platform"][p] for p in problem.candidate_platform] == ["juno", "rk3399"]


def test_attributes_are_those_of_the_place() -> None:
    """Each candidate has the code of its device type, platform, machine, arch and runtime."""
    problem = build(admit(site(), [request("lava/juno", "shell/minnow")]))
    named = [
        [problem.labels[a][code] for code in problem.candidate_attribute[row]]
        for row, a in enumerate(ATTRIBUTES)
    ]
    assert list(zip(*named, strict=True)) == [
        ("juno", "juno", "vexpress", "arm64", "lava"),
        ("minnow", "minnow", "x86", "x86_64", "shell"),
    ]


def test_runs_that_were_sent_keep_their_index_and_their_values() -> None:
    """Of three runs the second was sent: 0 and 2 are left, and its device type is used."""
    sent = (SentRun(index=1, runtime="lava", platform="juno", device_type="juno"),)
    runs = Runs(number=3, variant=(VariantAttribute.DEVICE_TYPE,), mode=Mode.STRICT)
    problem = build(admit(site(), [request("lava/juno", "lava/rk3399", runs=runs, sent=sent)]))
    assert list(problem.request_number) == [2]
    assert [problem.run_id(run) for run in range(problem.runs)] == ["r0-0", "r0-2"]
    assert problem.run_position("r0-2") == 1
    assert [problem.labels["device_type"][v] for v in problem.used_value] == ["juno"]
    with pytest.raises(KeyError):
        problem.run_position("r0-1")


@pytest.mark.parametrize(("mode", "used"), [(Mode.PERMISSIVE, ["juno"]), (Mode.STRICT, [])])
def test_a_permissive_request_knows_where_its_revision_ran(mode: Mode, used: list[str]) -> None:
    """A strict one does not: what others had must not keep it waiting for ever."""
    of = Revision(tree="next", branch="master", commit="c0ffee", patchset=False, seen=NOW)
    runs = Runs(number=2, variant=(VariantAttribute.DEVICE_TYPE,), mode=mode)
    wanted = request("lava/juno", "lava/rk3399", runs=runs, revision=of)
    juno, gone = (Place(runtime="lava", platform=p, device_type=p) for p in ("juno", "gone"))
    before = {
        UnderTest(wanted.job, "next", "c0ffee"): [juno, gone],
        UnderTest(wanted.job, "next", "deadbeef"): [*wanted.candidates],
    }
    problem = build(admit(site(), [wanted], before=before))
    assert [problem.labels["device_type"][v] for v in problem.used_value] == used


@pytest.mark.parametrize(
    ("runs", "mode", "bits"),
    [
        (Runs(number=2), FREE, 0),
        (Runs(number=2, mode=Mode.STRICT), FREE, 0),
        (Runs(variant=(ATTRIBUTES[0], ATTRIBUTES[4]), mode=Mode.STRICT), STRICT, 0b10001),
    ],
)
def test_a_request_without_a_variant_is_free(runs: Runs, mode: int, bits: int) -> None:
    """The mode says how firmly runs differ; without an attribute there is nothing to differ in."""
    problem = build(admit(site(), [request("lava/juno", runs=runs)]))
    assert (problem.request_mode[0], problem.request_variant[0]) == (mode, bits)


@pytest.mark.parametrize(
    ("age", "priority", "worth"),
    [(0, 20, 3000), (5, 20, 4500), (0, 60, 7000), (0.2, 20, 3000), (0.25, 20, 3060)],
)
def test_worth_grows_with_priority_and_age(age: float, priority: int, worth: int) -> None:
    """(base + priority) points in hundredths, ten percent more an hour, in whole quarters."""
    old = request("lava/juno", priority=priority, created=NOW - timedelta(hours=age))
    problem = build(admit(site(), [old], now=NOW, policy=Policy()))
    assert problem.request_value[0] == worth


def test_slack_is_rounded_down_and_never_negative() -> None:
    """Requests of one hour stay alike, and a missed deadline leaves no time rather than less."""
    requests = [
        request("shell/minnow", key="r0", hours=1.3),
        request("shell/minnow", key="r1", hours=-2),
    ]
    problem = build(admit(site(), requests, now=NOW))
    assert list(problem.request_slack) == [4500, 0]


def test_a_slot_has_a_ceiling_for_each_priority_that_occurs_there() -> None:
    """Two priorities, two rows; equal limits fold into the row of the highest priority."""
    queue = capacity(lava(juno=IDLE))
    two = [request("lava/juno", priority=p, key=f"r{p}") for p in (20, 60)]
    problem = build(admit(site(), two, queue))
    assert list(zip(problem.ceiling_priority, problem.ceiling_limit, strict=True)) == [
        (20, 60),
        (60, 80),
    ]
    shell = capacity(RuntimeCapacity(runtime="shell", slots=2))
    shared = [request("shell/minnow", priority=p, key=f"r{p}") for p in (20, 60)]
    problem = build(admit(site(), shared, shell))
    assert list(zip(problem.ceiling_priority, problem.ceiling_limit, strict=True)) == [(60, 2)]


def test_slots_of_a_shell_make_one_total() -> None:
    """Three requests on three platforms of a shell with two slots: two are placed."""
    shell = capacity(RuntimeCapacity(runtime="shell", slots=2))
    wishes = [
        request(f"shell/{platform}", key=platform) for platform in ("minnow", "juno", "rk3399")
    ]
    problem = build(admit(site(), wishes, shell))
    assert (list(problem.total_limit), problem.slots) == ([2], 3)
    for solver in ("exact", "greedy", "today"):
        plan = solve(problem, solver=solver)
        assert plan.placed == 2
        assert check(problem, plan) == []


def test_what_was_built_fits_together() -> None:
    """What a file from outside must keep, our own columns keep."""
    problem = build(admit(site(), [request("lava/juno", "shell/minnow", "cloud/minnow")]))
    validate(problem)


def test_an_empty_batch_is_a_problem_with_an_empty_plan() -> None:
    """No request: no column, and still a plan that holds."""
    problem = build(admit(site(), []))
    assert (problem.runs, problem.slots) == (0, 0)
    for solver in ("exact", "greedy", "today"):
        assert check(problem, solve(problem, solver=solver)) == []


def test_a_request_without_candidates_waits() -> None:
    """It has runs and no place: nothing fails, nothing is placed."""
    problem = build(admit(site(), [request("lava/juno")], capacity(lava(rk3399=IDLE))))
    assert (problem.runs, len(problem.candidate_menu)) == (1, 0)
    for solver in ("exact", "greedy", "today"):
        plan = solve(problem, solver=solver)
        assert check(problem, plan) == []
        assert np.array_equal(plan.choice, [-1])


def test_the_same_admission_makes_the_same_problem() -> None:
    """Building is a function: digest and columns repeat."""

    def again() -> Problem:
        return build(admit(site(), [request("lava/juno"), request("shell/minnow", key="r1")]))

    assert again().digest == again().digest

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Simulated labs that are not LAVA's."""

from planner.simulate.fleet import LabSpec, Machine
from planner.simulate.labs import KubernetesLab, PullLab, SlotLab
from tests.simulate.conftest import START, MakeWorld, dispatch, item


def test_slots_take_so_many_at_a_time_in_their_order(make_world: MakeWorld) -> None:
    """Three jobs on two slots: the third starts when the first one ends."""
    world = make_world(1)
    lab = SlotLab(world, LabSpec("shell-local", slots=2))
    for name, seconds in (("a", 30), ("b", 50), ("c", 10)):
        lab.take(item(name, seconds=seconds))
    assert lab.capacity(START).running == 3
    world.env.run(until=200)
    assert [(i.name, i.started) for i in lab.log] == [("a", 0), ("c", 30), ("b", 0)]


def test_a_pull_lab_begins_nothing_before_it_polls(make_world: MakeWorld) -> None:
    """A slot that gets free is filled at the next poll."""
    world = make_world(1)
    lab = PullLab(world, LabSpec("pull-demo", slots=1), poll_s=30)
    lab.take(item("a", seconds=40))
    lab.take(item("b", seconds=40))
    world.env.run(until=300)
    assert [(i.name, i.started) for i in lab.log] == [("a", 30), ("b", 90)]


def test_pods_are_packed_by_cpu_and_memory(make_world: MakeWorld) -> None:
    """Two builds fill a node of sixteen CPUs; what is small fits in beside one of them."""
    world = make_world(1)
    machines = {"here": (Machine(16, 64), Machine(8, 64))}
    lab = KubernetesLab(world, LabSpec("k8s-main", machines=machines))
    assert lab.capacity(START).slots == 3
    for number in range(4):
        build = dispatch(f"build-{number}", kind="kbuild")
        lab.take(item(f"build-{number}", seconds=100, dispatch=build))
    lab.take(item("small", seconds=10, dispatch=dispatch("small")))
    world.env.run(until=99)
    assert lab.capacity(START).running == 5  # three builds run, one and the small pod are pending
    world.env.run(until=1000)
    assert [(i.name, i.started) for i in lab.log if i.started] == [("small", 100), ("build-3", 100)]


def test_a_node_with_little_memory_takes_no_build(make_world: MakeWorld) -> None:
    """CPU alone does not make room."""
    lab = KubernetesLab(make_world(1), LabSpec("k8s-main", machines={"here": (Machine(32, 8),)}))
    assert lab.capacity(START).slots == 0


def test_requests_to_a_slow_api_arrive_one_after_the_other(make_world: MakeWorld) -> None:
    """The second of two jobs is there two delays after it was sent, though both slots are free."""
    world = make_world(1)
    lab = SlotLab(world, LabSpec("shell-local", slots=2, delay_s=15.0))
    for name in ("run-0", "run-1"):
        sent = dispatch(name)
        lab.submit(sent, lab.render(sent))
    lab.deliver()
    world.env.run(until=3600)
    assert sorted(item.started or 0 for item in lab.log) == [15, 30]


def test_the_planner_sees_runs_as_a_lab_tells_of_them(make_world: MakeWorld) -> None:
    """What was sent arrives with the next delivery, and is found, started and ended in time."""
    world = make_world(1)
    lab = SlotLab(world, LabSpec("shell-local", slots=1, risk=0.0))
    sent = dispatch("run-0", job="boot")
    assert lab.find(sent.order) is None
    lab.submit(sent, lab.render(sent))
    assert lab.find(sent.order) is None
    lab.deliver()
    assert lab.find(sent.order) == "shell-local-run-0"
    world.env.run(until=100_000)
    assert lab.open == 0

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Waits in steps: few, convex, and close to the waits that they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from planner.candidates import Queue
from planner.estimates import Pace
from planner.problem import UNLIMITED
from planner.problem.steps import MAX_STEPS, wait_steps

queues = st.builds(
    Queue,
    runtime=st.just("lava"),
    device_type=st.just("juno"),
    devices=st.integers(1, 20),
    queued=st.integers(0, 60),
    running=st.integers(0, 20),
)
paces = st.builds(Pace, st.integers(0, 3600), st.integers(1, 10_000), st.integers(0, 3600))
demands = st.integers(0, 2_000)


@given(queue=queues, pace=paces, demand=demands)
def test_steps_are_few_rise_and_end_open(queue: Queue, pace: Pace, demand: int) -> None:
    """What a file from outside must keep: waits rise and the last step takes everything."""
    steps = wait_steps(7, queue, pace, demand)
    assert 1 <= len(steps) <= MAX_STEPS + 1
    assert {slot for slot, _, _ in steps} == {7}
    waits = [wait for _, _, wait in steps]
    assert waits == sorted(waits)
    assert [width for _, width, _ in steps if width <= 0] == []
    assert steps[-1][1] == UNLIMITED


@given(queue=queues, pace=paces, demand=st.integers(1, 60))
def test_every_step_waits_as_long_as_one_of_its_runs(queue: Queue, pace: Pace, demand: int) -> None:
    """A step's wait lies between those of its first and its last run."""
    done = 0
    for _, width, wait in wait_steps(0, queue, pace, demand):
        first = queue.wait(done + 1, pace)
        assert first <= wait
        if width < UNLIMITED:
            assert wait <= queue.wait(done + width, pace)
        done += width


def test_idle_devices_take_runs_at_once() -> None:
    """Three devices, one busy: two runs start now, then rounds of three wait longer and longer."""
    queue = Queue("lava", "juno", devices=3, running=1)
    assert wait_steps(0, queue, Pace(0, 300), 8) == [(0, 2, 0), (0, 3, 200), (0, UNLIMITED, 500)]


def test_an_unknown_capacity_waits_for_nothing() -> None:
    """Where nobody knows how many devices there are, one step without a wait has room for all."""
    assert wait_steps(0, Queue("cloud", "vm", devices=None), Pace(0, 300), 8) == [(0, UNLIMITED, 0)]

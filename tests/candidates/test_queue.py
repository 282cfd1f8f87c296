# SPDX-License-Identifier: LGPL-2.1-or-later
"""Queues: how many more runs they take, and how long these wait."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import DeviceCapacity, Reason, Runtime, RuntimeCapacity
from planner.candidates import UNLIMITED, Queue
from planner.candidates.queue import open_queues
from planner.estimates import Pace
from tests.candidates.site import CLOUD, LAVA, SHELL, lava


def only_queue(*wanted: Any) -> Queue | Reason:
    """Return the one queue that there is, or why there is none."""
    found = open_queues(*wanted)
    if isinstance(found, Reason):
        return found
    (queue,) = found
    return queue


queues = st.builds(
    Queue,
    runtime=st.just("lava"),
    device_type=st.just("juno"),
    devices=st.integers(1, 20),
    queued=st.integers(0, 60),
    running=st.integers(0, 20),
    queueing=st.booleans(),
    depth=st.integers(0, 50),
    priority_factor=st.floats(1, 4),
)

paces = st.builds(Pace, st.integers(0, 3600), st.integers(1, 10_000), st.integers(0, 3600))


@pytest.mark.parametrize(("priority", "more"), [(0, 0), (20, 10), (40, 20), (60, 30), (100, 50)])
def test_a_lava_ceiling_grows_with_priority(priority: int, more: int) -> None:
    """KernelCI's limit: depth x devices x (1 + priority/100 x (factor - 1)), less the queue."""
    device = DeviceCapacity(devices=1, queue=50, running=1)
    queue = only_queue(LAVA, lava(juno=device), "juno")
    assert isinstance(queue, Queue)
    assert queue.ceiling(priority) == more


def test_a_limit_that_is_switched_off_is_none() -> None:
    """`disable_queue_limit` leaves the queue open, however long it is."""
    open_lab: Runtime = LAVA.model_copy(update={"disable_queue_limit": True})
    queue = only_queue(open_lab, lava(juno=DeviceCapacity(devices=1, queue=500)), "juno")
    assert isinstance(queue, Queue)
    assert queue.ceiling(20) == UNLIMITED


def test_a_factor_below_one_counts_as_one() -> None:
    """KernelCI never lowers a limit for a higher priority."""
    low: Runtime = LAVA.model_copy(update={"max_queue_depth_priority_factor": 0.5})
    queue = only_queue(low, lava(juno=DeviceCapacity(devices=1)), "juno")
    assert isinstance(queue, Queue)
    assert queue.ceiling(100) == queue.ceiling(0) == 50


def test_a_runtime_that_does_not_queue_takes_what_it_can_start() -> None:
    """Kubernetes gets as many pods as it has room for, whatever their priority."""
    pods = RuntimeCapacity(runtime="cloud", devices={"vm": DeviceCapacity(devices=4, running=3)})
    queue = only_queue(CLOUD, pods, "vm")
    assert isinstance(queue, Queue)
    assert queue.ceiling(100) == 1
    assert queue.wait(1, Pace(0, 600)) == 0


def test_slots_serve_every_device_type() -> None:
    """A runtime without device types opens a queue for any platform, over its slots."""
    shell = RuntimeCapacity(runtime="shell", slots=2, running=1)
    for device_type in ("minnow", "anything"):
        queue = only_queue(SHELL, shell, device_type)
        assert isinstance(queue, Queue)
        assert queue.ceiling(20) == 1


def test_unknown_and_open_is_one_device_for_a_lab_and_no_limit_elsewhere() -> None:
    """A LAVA lab queues, so its declared depth still holds; others just take what comes."""
    lab = only_queue(LAVA, None, "juno")
    cloud = only_queue(CLOUD, None, "vm")
    assert isinstance(lab, Queue)
    assert isinstance(cloud, Queue)
    assert lab.ceiling(0) == LAVA.max_queue_depth
    assert cloud.ceiling(0) == UNLIMITED
    assert cloud.wait(1000, Pace(0, 600)) == 0


def test_no_queue_is_a_reason() -> None:
    """Where nothing can be joined, the reason stands in its place."""
    assert isinstance(open_queues(LAVA, lava(), "juno"), Reason)


def test_waits_begin_when_no_device_is_idle() -> None:
    """Two devices, one busy: the first run starts at once, then each waits half a service more."""
    queue = Queue("lava", "juno", devices=2, running=1)
    assert [queue.wait(n, Pace(0, 600)) for n in (1, 2, 3)] == [0, 300, 600]


@given(queue=queues, pace=paces, nth=st.integers(1, 500))
def test_waits_never_fall(queue: Queue, pace: Pace, nth: int) -> None:
    """Who comes later waits at least as long: what makes the sum of waits convex."""
    assert pace.delay_s <= queue.wait(nth, pace) <= queue.wait(nth + 1, pace)


@given(queue=queues, pace=paces, more=st.integers(1, 50))
def test_waits_never_fall_with_the_queue(queue: Queue, pace: Pace, more: int) -> None:
    """Behind a longer queue nobody waits less."""
    longer = replace(queue, queued=queue.queued + more)
    assert queue.wait(1, pace) <= longer.wait(1, pace)


@given(queue=queues, pace=paces, within=st.integers(0, 100_000))
def test_runs_within_is_the_inverse_of_wait(queue: Queue, pace: Pace, within: int) -> None:
    """So many runs start in time, and the next one does not."""
    runs = queue.runs_within(within, pace)
    assert runs == 0 or queue.wait(runs, pace) <= within
    assert queue.wait(runs + 1, pace) > within


def test_where_nobody_knows_the_devices_the_delay_is_all() -> None:
    """It is the same for every run, and decides whether any of them starts in time."""
    queue = Queue("cloud", "vm", devices=None, told=False)
    assert [queue.wait(nth, Pace(90, 600)) for nth in (1, 1000)] == [90, 90]
    assert [queue.runs_within(within, Pace(90, 600)) for within in (89, 90)] == [0, UNLIMITED]


@given(queue=queues, low=st.integers(0, 100), high=st.integers(0, 100))
def test_ceilings_never_fall_with_priority(queue: Queue, low: int, high: int) -> None:
    """Ceilings nest: what a low priority may, a high one may."""
    assert queue.ceiling(min(low, high)) <= queue.ceiling(max(low, high))

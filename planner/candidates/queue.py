# SPDX-License-Identifier: LGPL-2.1-or-later
"""A slot as runs see it: how many more it takes, and how long they would wait there."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import (
    ContextCapacity,
    DeviceCapacity,
    LabType,
    Reason,
    ReasonCode,
    Runtime,
    RuntimeCapacity,
)
from models import UnknownCapacity as Unknown
from planner.estimates import Pace

UNLIMITED = 1_000_000_000
# Only LAVA keeps a queue of its own; other runtimes are asked for no more than they can start.
_QUEUEING = (LabType.LAVA, LabType.LAVA_REST, LabType.LAVA_XMLRPC)


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of one (runtime, device type).

    `devices` serve it (None: nobody knows how many, and nobody waits for another run); `queued`
    jobs wait there and `running` jobs run; `depth` is how many may wait for each device (None:
    no limit), and `priority_factor` how many times as many at priority 100. `told` is False where
    the runtime says nothing of its queue, and all that is known of waits is how long they were.
    `context` is where in the runtime it is, empty where that has one place only. `most` is how
    many more runs its health allows now (None: no limit).
    """

    runtime: str
    device_type: str
    devices: int | None
    queued: int = 0
    running: int = 0
    queueing: bool = True
    depth: int | None = None
    priority_factor: float = 1.0
    told: bool = True
    context: str = ""
    most: int | None = None

    def ceiling(self, priority: int) -> int:
        """Return how many more runs of at most this priority may be sent here now."""
        room = self._room(priority)
        return room if self.most is None else min(room, self.most)

    def _room(self, priority: int) -> int:
        """Return how many more runs the runtime itself would take.

        A LAVA lab's declared limit grows with priority, as KernelCI's does: `depth x devices x
        (1 + priority/100 x (factor - 1))` jobs may wait.
        """
        if self.devices is None:
            return UNLIMITED
        if not self.queueing:
            return max(0, self.devices - self.running - self.queued)
        if self.depth is None:
            return UNLIMITED
        factor = 1 + priority / 100 * (self.priority_factor - 1)
        return max(0, int(self.depth * self.devices * factor) - self.queued)

    def wait(self, nth: int, pace: Pace) -> int:
        """Return the seconds that the `nth` run sent here (from 1) is expected to wait.

        Nothing but the delay while a device is idle, then one more service time for each round
        that the devices have to finish first.
        """
        if not self.devices:
            return pace.delay_s
        rounds = max(0, self.running + self.queued + nth - self.devices)
        busy = pace.busy_s + rounds * pace.service_s // self.devices if rounds else 0
        return pace.delay_s + busy

    def runs_within(self, wait_s: int, pace: Pace) -> int:
        """Return how many runs sent here start within `wait_s` seconds: the inverse of `wait`."""
        if wait_s < pace.delay_s:
            return 0
        if not self.devices or pace.service_s == 0:
            return UNLIMITED
        left = max(0, wait_s - pace.delay_s - pace.busy_s + 1)
        rounds = max(0, left * self.devices - 1) // pace.service_s
        return max(0, rounds + self.devices - self.running - self.queued)


def open_queues(
    runtime: Runtime, capacity: RuntimeCapacity | None, device_type: str
) -> tuple[Queue, ...] | Reason:
    """Return the queues for `device_type` in `runtime`, or the reason why there are none now.

    There is one for each of its places: a Kubernetes runtime has a place for each context.
    """
    if capacity is None or not capacity.known:
        return _unknown(runtime, capacity, device_type)
    if capacity.contexts is not None:
        return _contexts(runtime, capacity.contexts, device_type)
    if capacity.devices is None:
        return _shared(runtime, capacity, device_type)
    device = capacity.devices.get(device_type)
    if device is None or device.devices == 0:
        return Reason.of(
            ReasonCode.NO_DEVICE,
            f"{runtime.name} has no {device_type} online"
            if device is not None
            else f"{runtime.name} has no {device_type}",
        )
    return (_queue(runtime, device_type, device),)


def _unknown(
    runtime: Runtime, capacity: RuntimeCapacity | None, device_type: str
) -> tuple[Queue, ...] | Reason:
    meaning = capacity.unknown if capacity is not None else Unknown.OPEN
    if meaning is not Unknown.OPEN:
        return Reason.of(
            ReasonCode.RUNTIME_CLOSED,
            f"the capacity of {runtime.name} is unknown, which is declared to mean {meaning}",
        )
    if runtime.lab_type in _QUEUEING:
        return (_queue(runtime, device_type, DeviceCapacity(devices=1), told=False),)
    return (Queue(runtime.name, device_type, devices=None, queueing=False, told=False),)


def _contexts(
    runtime: Runtime, contexts: Mapping[str, ContextCapacity], device_type: str
) -> tuple[Queue, ...] | Reason:
    """Return the queue of each context; how many Jobs they take together, resources decide."""
    if not contexts:
        return Reason.of(ReasonCode.NO_DEVICE, f"no context of {runtime.name} answers")
    return tuple(
        Queue(
            runtime.name,
            device_type,
            devices=there.slots,
            running=there.running,
            queueing=False,
            context=name,
        )
        for name, there in sorted(contexts.items())
        if there.slots != 0
    ) or Reason.of(ReasonCode.NO_DEVICE, f"{runtime.name} has no slots in any context")


def _shared(
    runtime: Runtime, capacity: RuntimeCapacity, device_type: str
) -> tuple[Queue, ...] | Reason:
    """Return the queue of a runtime whose slots serve every platform alike."""
    if capacity.slots == 0:
        return Reason.of(ReasonCode.NO_DEVICE, f"{runtime.name} has no slots")
    return (
        Queue(
            runtime.name,
            device_type,
            devices=capacity.slots,
            running=capacity.running,
            queueing=False,
        ),
    )


def _queue(
    runtime: Runtime, device_type: str, device: DeviceCapacity, *, told: bool = True
) -> Queue:
    return Queue(
        runtime.name,
        device_type,
        devices=device.devices,
        queued=device.queue,
        running=device.running,
        queueing=runtime.lab_type in _QUEUEING,
        depth=None if runtime.disable_queue_limit else runtime.max_queue_depth,
        priority_factor=max(1.0, runtime.max_queue_depth_priority_factor),
        told=told,
    )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Labs that run so many jobs at a time: containers, a shell, and labs that come and ask."""

from collections import deque
from datetime import datetime

from models import RuntimeCapacity
from planner.simulate.fleet import LabSpec
from planner.simulate.labs.lab import Item, Process, SimulatedLab, World


class SlotLab(SimulatedLab):
    """First come, first served."""

    def __init__(self, world: World, spec: LabSpec) -> None:
        super().__init__(world, spec)
        self._queue: deque[Item] = deque()
        self._free = [f"slot-{n:02}" for n in range(spec.slots, 0, -1)]

    def capacity(self, now: datetime) -> RuntimeCapacity:
        """Return its slots, those taken and those promised."""
        taken = self.spec.slots - len(self._free) + len(self._queue)
        slots = 0 if self.closed else self.spec.slots
        return RuntimeCapacity(runtime=self.name, slots=slots, running=taken, taken=now)

    def take(self, item: Item) -> None:
        """Queue a job, and start it if a slot is free."""
        self._queue.append(item)
        self.start_waiting()

    def start_waiting(self) -> None:
        """Start what waits, as far as slots are free."""
        while self._queue and self._free and not self.closed:
            slot = self._free.pop()

            def free(item: Item, slot: str = slot) -> None:
                self._free.append(slot)
                self.slot_freed()

            self.run(self._queue.popleft(), slot, free)

    def slot_freed(self) -> None:
        """Go on with what waits."""
        self.start_waiting()


class PullLab(SlotLab):
    """A lab that asks for work every so often, and hears of nothing in between."""

    def __init__(self, world: World, spec: LabSpec, poll_s: float) -> None:
        super().__init__(world, spec)
        self.env.process(self._poll(poll_s))

    def take(self, item: Item) -> None:
        """Keep a job until the lab asks."""
        self._queue.append(item)

    def slot_freed(self) -> None:
        """Do nothing: the lab looks for work when it polls."""

    def _poll(self, every: float) -> Process:
        while True:
            yield self.env.timeout(every)
            self.start_waiting()

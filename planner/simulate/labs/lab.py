# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every simulated lab is to the planner, and what it does with what it was sent."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import simpy

from models import Dispatch, Order, Outcome, RunState, RuntimeCapacity, Sent
from planner.runtimes.errors import NotSentError
from planner.simulate.fleet import LabSpec
from planner.simulate.service import Service
from planner.simulate.streams import stream

Process = Generator[simpy.Event, None, None]


@dataclass
class Item:
    """One job in a lab, of ours or of somebody else (then `dispatch` is None).

    Times are seconds since the beginning; `device` is where it ran. `outcome` is what was told of
    it last.
    """

    name: str
    device_type: str
    priority: int
    seconds: float
    spoiled: bool
    arrived: float
    dispatch: Dispatch | None = None
    device: str = ""
    started: float | None = None
    ended: float | None = None
    outcome: Outcome | None = None

    @property
    def order(self) -> tuple[int, float, str]:
        """Return LAVA's order: highest priority first, then by when it was submitted."""
        return (-self.priority, self.arrived, self.name)


@dataclass(frozen=True)
class World:
    """What all labs share: the simulated time, the truth about runs, and who hears of an end."""

    env: simpy.Environment
    start: datetime
    seed: int
    service: Service
    ended: Callable[[Item, str], None]

    def time(self, moment: float) -> datetime:
        """Return the calendar's time, `moment` seconds after the beginning."""
        return self.start + timedelta(seconds=moment)


class SimulatedLab(ABC):
    """A lab that answers like a real one, out of a model that runs in simulated time.

    What is sent is only put down, and begins to exist in the lab when `deliver` is called by the
    one who drives the time.
    """

    settles = 0
    at_once = True

    def __init__(self, world: World, spec: LabSpec) -> None:
        self.world, self.spec, self.name = world, spec, spec.runtime
        self.env = world.env
        self.draw = stream(world.seed, "lab", spec.runtime)
        self.tells = True  # whether it is asked for its capacity at all
        self.asked = 0  # how often anybody wanted to know it
        self.requests = 0  # to its API, since runs were delivered last
        self.sent = 0  # runs that anybody tried to send since then
        self.open = 0  # runs of ours that wait or run there
        self.log: list[Item] = []  # all that ended
        self._items: dict[str, Item] = {}
        self._inbox: list[Item] = []
        self._going: dict[str, simpy.Process] = {}
        for window in spec.outages:
            self.env.process(self._outage(window.start, window.end))
        for window in spec.maintenance:
            self.env.process(self._reopen(window.end))

    # What the planner asks of it.

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return what it can take now; nothing is known of a lab that is not to be asked."""
        if not self.tells:
            return RuntimeCapacity(runtime=self.name, known=False)
        self.asked += 1
        self._answer()
        return self.capacity(now)

    def job_id(self, run: str) -> str:
        """Return the job id that a run will have."""
        return f"{self.name}-{run}"

    def render(self, dispatch: Dispatch) -> str:
        """Return no definition: nobody reads it."""
        return ""

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Put a run down for delivery, and return its job id."""
        self.sent += 1
        self.requests += 1
        if self.away:
            raise NotSentError(f"{self.name} does not answer")
        order = dispatch.order
        fate = self.world.service.fate(
            order.run, order.job, order.platform, self.name, self.spec.risk_at(self.env.now)
        )
        self._inbox.append(
            Item(
                name=order.run,
                device_type=order.device_type,
                priority=order.priority,
                seconds=fate.seconds,
                spoiled=fate.spoiled,
                arrived=self.env.now,
                dispatch=dispatch,
            )
        )
        return self.job_id(order.run)

    def find(self, order: Order) -> str | None:
        """Return the job id of a run that arrived."""
        self._answer()
        return self.job_id(order.run) if order.run in self._items else None

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Return where these runs stand."""
        self._answer()
        items = (self._items.get(run.run) for run in runs)
        return tuple(self._outcome(item) for item in items if item is not None)

    def cancel(self, run: Sent) -> None:
        """End a run that is going on; the lab calls that its own fault."""
        if run.run in self._going:
            self._going[run.run].interrupt()

    # What the driver of the time asks.

    def deliver(self, after_s: float = 0.0) -> None:
        """Let what was put down arrive, `after_s` later than by this lab's own delay.

        The order in which they were sent says nothing: it is not the planner's to decide.
        """
        for nth, item in enumerate(sorted(self._inbox, key=lambda one: one.order), start=1):
            item.arrived += after_s + nth * self.spec.delay_s
            self._items[item.name] = item
            self.open += 1
            self.env.process(self._arrive(item))
        self._inbox.clear()
        self.requests = self.sent = 0

    @property
    def away(self) -> bool:
        """Whether it does not answer now."""
        return any(self.env.now in window for window in self.spec.outages)

    @property
    def closed(self) -> bool:
        """Whether it starts nothing now."""
        return self.away or any(self.env.now in window for window in self.spec.maintenance)

    # What each kind of lab does in its own way.

    @abstractmethod
    def capacity(self, now: datetime) -> RuntimeCapacity:
        """Return what it would say of itself."""

    @abstractmethod
    def take(self, item: Item) -> None:
        """Let a job that arrived wait or start."""

    @abstractmethod
    def start_waiting(self) -> None:
        """Start what can start now."""

    # What all of them do alike.

    def run(self, item: Item, device: str, freed: Callable[[Item], None]) -> None:
        """Start a job on a device; `freed` is called when it ended, however it did."""
        item.device, item.started = device, self.env.now
        item.seconds = float(round(item.seconds * self.spec.pace_at(self.env.now)))
        self._going[item.name] = self.env.process(self._execute(item, freed))

    def _execute(self, item: Item, freed: Callable[[Item], None]) -> Process:
        try:
            yield self.env.timeout(item.seconds)
        except simpy.Interrupt:
            item.spoiled = True
        del self._going[item.name]
        item.ended = self.env.now
        self.log.append(item)
        freed(item)
        if item.dispatch is not None:
            self.open -= 1
            self.world.ended(item, self.name)

    def _arrive(self, item: Item) -> Process:
        yield self.env.timeout(max(0.0, item.arrived - self.env.now))
        item.arrived = self.env.now
        self.take(item)

    def _outage(self, start: float, end: float) -> Process:
        yield self.env.timeout(start)
        for name in sorted(self._going):
            self._going[name].interrupt()
        yield from self._reopen(end - start)

    def _reopen(self, after: float) -> Process:
        yield self.env.timeout(after)
        self.start_waiting()

    def _answer(self) -> None:
        self.requests += 1
        if self.away:
            raise ConnectionError(f"{self.name} does not answer")

    def _outcome(self, item: Item) -> Outcome:
        state = RunState.SUBMITTED if item.started is None else RunState.STARTED
        state = state if item.ended is None else RunState.FINISHED
        # Nothing else changes in a job, and it is asked about many times.
        if item.outcome is None or item.outcome.state is not state:
            item.outcome = self._told(item, state)
        return item.outcome

    def _told(self, item: Item, state: RunState) -> Outcome:
        said: dict[str, Any] = {"run": item.name, "job_id": f"{self.name}-{item.name}"}
        if item.started is not None:
            said["started"] = self.world.time(item.started)
        if item.ended is not None:
            said["ended"] = self.world.time(item.ended)
            said["result"] = "incomplete" if item.spoiled else "pass"
            said["infrastructure"] = item.spoiled
        return Outcome(state=state, **said)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Labs that misbehave as told."""

import threading
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import Enum
from itertools import count

from models import Dispatch, Order, Outcome, PlannerError, RunState, RuntimeCapacity, Sent


class Fault(Enum):
    """What goes wrong once, with one run."""

    NO_SCRIPT = "it cannot be rendered"
    BROKEN_TEMPLATE = "its template has a bug"
    REFUSED = "the lab refuses it for good"
    NEVER_ARRIVED = "it is lost on its way"
    REPLY_LOST = "it arrives, and the reply is lost"
    REPLY_GARBLED = "it arrives, and the client stumbles over the reply"
    NO_WORD = "it arrives, the reply is lost, and looking for it fails"
    STUCK_BEFORE = "it does not arrive until it is too late"
    STUCK_AFTER = "it arrives, and there is never a reply"
    UNREACHABLE = "looking for it fails"
    STUCK_LOOKING = "looking for it never ends"


class Lab:
    """A runtime that does to each run what `faults` says, once, and then serves it well.

    It starts a run as often as one arrives: that it is once is not the lab's doing.
    """

    settles = 0

    def __init__(
        self, name: str, faults: dict[str, Fault] | None = None, *, numbers: bool = True
    ) -> None:
        self.name = name
        self.numbers = numbers  # its jobs, so that only it can tell their ids
        self.faults = faults or {}
        self.arrived: list[str] = []
        self.cancelled: list[str] = []
        self.found: dict[str, Outcome] = {}
        self.unstick = threading.Event()
        self._lock = threading.Lock()
        self._attempts = count(1)
        self._closed: dict[str, int] = {}

    def job_id(self, run: str) -> str | None:
        """Return the id of a run's job, if that does not follow from when it came."""
        return None if self.numbers else f"job-{run}"

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return that it takes everything."""
        return RuntimeCapacity(runtime=self.name)

    def render(self, dispatch: Dispatch) -> str:
        """Return a definition that says what it was made from."""
        order, job, platform = dispatch.order, dispatch.job, dispatch.platform
        if self._fault(order.run, Fault.NO_SCRIPT):
            raise PlannerError("template.sh:3: no such thing")
        if self._fault(order.run, Fault.BROKEN_TEMPLATE):
            raise KeyError("thing")
        return f"{job.name} on {platform.name}"

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Have a run arrive, unless something goes wrong."""
        assert definition == "boot on board"
        run, attempt = dispatch.order.run, next(self._attempts)
        if self._fault(run, Fault.REFUSED):
            raise PlannerError("the lab wants no such job")
        if self._fault(run, Fault.NEVER_ARRIVED):
            raise OSError("no connection")
        if self._fault(run, Fault.STUCK_BEFORE):
            self.unstick.wait(30)
        self._arrive(run, attempt)
        if self._fault(run, Fault.REPLY_LOST):
            raise OSError("connection reset")
        if self._fault(run, Fault.REPLY_GARBLED):
            raise ValueError("no JSON")
        if self._fault(run, Fault.NO_WORD):
            self.faults[run] = Fault.UNREACHABLE
            raise OSError("connection reset")
        if self._fault(run, Fault.STUCK_AFTER):
            self.unstick.wait(30)
        return f"job-{run}"

    def find(self, order: Order) -> str | None:
        """Return the job of a run that arrived, or see to it that none does."""
        run = order.run
        if self._fault(run, Fault.UNREACHABLE):
            raise OSError("no route")
        if self._fault(run, Fault.STUCK_LOOKING):
            self.unstick.wait(30)
        with self._lock:
            if run in self.arrived:
                return f"job-{run}"
            self._closed[run] = next(self._attempts)  # what was sent before, and is late, is let go
            return None

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Tell what is in `found`, or else that a run is still on its way."""
        keys = [sent.run for sent in runs]
        for run in keys:
            if self._fault(run, Fault.UNREACHABLE):
                raise OSError("no route")
            if self._fault(run, Fault.STUCK_LOOKING):
                self.unstick.wait(30)
        return tuple(
            self.found.get(run, Outcome(run=run, state=RunState.SUBMITTED)) for run in keys
        )

    def cancel(self, run: Sent) -> None:
        """Note what is cancelled."""
        if self._fault(run.run, Fault.UNREACHABLE):
            raise OSError("no route")
        self.cancelled.append(run.run)

    def _arrive(self, run: str, attempt: int) -> None:
        with self._lock:
            if attempt > self._closed.get(run, 0):
                self.arrived.append(run)

    def _fault(self, run: str, fault: Fault) -> bool:
        if self.faults.get(run) is not fault:
            return False
        del self.faults[run]
        return True


class Labs(dict[str, Lab]):
    """The labs of a site, by name."""

    def add(self, name: str, **faults: Fault) -> Lab:
        """Make a lab; faults are by run, with `_` in its id for `-`."""
        lab = self[name] = Lab(name, {run.replace("_", "-"): f for run, f in faults.items()})
        return lab

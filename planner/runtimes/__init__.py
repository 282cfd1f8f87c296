# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where runs are executed, in one shape whatever the lab is.

Adding a lab type is one file (or folder) here and one line in `RUNTIMES`. The shell is live now;
LAVA, Kubernetes, containers and pull labs come later in the same shape, until then they are
planned for and not submitted to.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from models import (
    Job,
    LabType,
    Order,
    Outcome,
    PlannerSettings,
    Platform,
    Runtime,
    RuntimeCapacity,
)


class LabRuntime(Protocol):
    """One runtime. A method that talks to it raises OSError if it gives no usable answer."""

    name: str

    def snapshot(self, now: datetime) -> RuntimeCapacity:
        """Return what it can take now."""

    def render(self, order: Order, job: Job, platform: Platform) -> str:
        """Return the definition of a run in the runtime's own language, complete.

        Raises:
            PlannerError: if there can be none; the run then fails, and only it.
        """

    def submit(self, order: Order, definition: str) -> str:
        """Send a run and return its job id. An OSError leaves open whether it arrived.

        Raises:
            PlannerError: if the runtime refused it for good.
        """

    def find(self, run: str) -> str | None:
        """Return the job id of a run that arrived; None means that it did not and never will."""

    def observe(self, runs: Sequence[str]) -> tuple[Outcome, ...]:
        """Return what is known of these runs."""

    def cancel(self, run: str) -> None:
        """Ask for the end of a run; `observe` tells when it came."""


def _shell(runtime: Runtime, settings: PlannerSettings) -> LabRuntime:
    from planner.runtimes.shell import ShellRuntime

    return ShellRuntime(runtime, settings)


RUNTIMES: tuple[tuple[LabType, Callable[[Runtime, PlannerSettings], LabRuntime]], ...] = (
    (LabType.SHELL, _shell),
)


def open_runtime(runtime: Runtime, settings: PlannerSettings) -> LabRuntime | None:
    """Return the way to a runtime, None if nothing here speaks to its type of lab."""
    for lab_type, factory in RUNTIMES:
        if lab_type is runtime.lab_type:
            return factory(runtime, settings)
    return None


__all__ = ["RUNTIMES", "LabRuntime", "open_runtime"]

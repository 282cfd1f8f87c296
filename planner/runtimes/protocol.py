# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every runtime can do."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from models import Dispatch, Order, Outcome, RuntimeCapacity, Sent
from planner.kernelci import Api


class LabRuntime(Protocol):
    """One runtime. A method that talks to it raises OSError if it gives no usable answer.

    What was sent `settles` seconds ago or earlier and cannot be found never arrived; until then
    it may be on its way. 0 where `find` itself sees to it.

    One that never waits for anything may have an attribute `at_once` that is true: then it is
    called in the caller's thread, for which no deadline holds.
    """

    name: str
    settles: int

    def job_id(self, run: str) -> str | None:
        """Return the id that the job of a run will have, None if only sending it tells."""

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return what it can take now; these are the device types that anything waits for."""

    def render(self, dispatch: Dispatch) -> str:
        """Return the definition of a run in the runtime's own language, complete.

        Raises:
            DefinitionError: if there can be none; the run then fails, and only it.
        """

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Send a run and return its job id. An OSError leaves open whether it arrived.

        Raises:
            NotSentError: if it certainly did not arrive; it is planned again.
            PlannerError: if the runtime refused it for good.
        """

    def find(self, order: Order) -> str | None:
        """Return the job id of a run that arrived, None if it did not."""

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Return what is known of these runs."""

    def cancel(self, run: Sent) -> None:
        """Ask for the end of a run; `observe` tells when it came."""


def at_once(runtimes: Mapping[str, LabRuntime]) -> frozenset[str]:
    """Return the names of the runtimes that never keep anybody waiting."""
    return frozenset(
        name for name, runtime in runtimes.items() if getattr(runtime, "at_once", False)
    )


@runtime_checkable
class OverApi(Protocol):
    """A runtime that is reached by way of KernelCI's API."""

    def connect(self, api: Api | None) -> None:
        """Use this API from now on; None where there is none in this cycle."""

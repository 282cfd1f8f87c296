# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where runs are executed, in one shape whatever the lab is.

Adding a lab type is one file (or folder) here and one line in `RUNTIMES`. What has no line there
is planned for and not submitted to.
"""

import os
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from models import Catalog, Dispatch, LabType, Order, Outcome, Runtime, RuntimeCapacity, Sent
from planner.kernelci import Api
from planner.runtimes.errors import (
    DefinitionError,
    NoAccessError,
    NotSentError,
    UnreachableError,
)
from planner.runtimes.tokens import Tokens


class LabRuntime(Protocol):
    """One runtime. A method that talks to it raises OSError if it gives no usable answer.

    What was sent `settles` seconds ago or earlier and cannot be found never arrived; until then
    it may be on its way. 0 where `find` itself sees to it.
    """

    name: str
    settles: int

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


@runtime_checkable
class OverApi(Protocol):
    """A runtime that is reached by way of KernelCI's API."""

    def connect(self, api: Api | None) -> None:
        """Use this API from now on; None where there is none in this cycle."""


# None where nothing can be sent to a runtime, as it is configured.
Factory = Callable[[Runtime, Catalog, Tokens], LabRuntime | None]


def _shell(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime:
    from planner.runtimes.shell import ShellRuntime

    return ShellRuntime(runtime, catalog.planner)


def _kubernetes(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime:
    from planner.runtimes.kubernetes import KubernetesRuntime

    return KubernetesRuntime(runtime, catalog)


def _lava(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime | None:
    if not runtime.url:
        return None
    from planner.runtimes.definition import Definitions
    from planner.runtimes.lava import LavaRuntime

    definitions = Definitions(runtime, catalog, os.environ)
    patience = catalog.capacity_settings(runtime).deadline
    return LavaRuntime(runtime, definitions, tokens(runtime.name), patience=patience)


def _containers(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime:
    from planner.runtimes.containers import ContainerRuntime

    return ContainerRuntime(runtime, catalog)


def _pull_labs(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime | None:
    if catalog.planner.pull_labs.url is None or catalog.planner.events.api is None:
        return None
    from planner.runtimes.definition import Definitions
    from planner.runtimes.pull_labs import PullLabsRuntime

    return PullLabsRuntime(runtime, catalog, Definitions(runtime, catalog, os.environ))


RUNTIMES: tuple[tuple[LabType, Factory], ...] = (
    (LabType.DOCKER, _containers),
    (LabType.KUBERNETES, _kubernetes),
    (LabType.LAVA, _lava),
    (LabType.LAVA_REST, _lava),
    (LabType.PULL_LABS, _pull_labs),
    (LabType.SHELL, _shell),
)


def open_runtime(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime | None:
    """Return the way to a runtime, None if nothing here speaks to it."""
    for lab_type, factory in RUNTIMES:
        if lab_type is runtime.lab_type:
            return factory(runtime, catalog, tokens)
    return None


__all__ = [
    "RUNTIMES",
    "DefinitionError",
    "Factory",
    "LabRuntime",
    "NoAccessError",
    "NotSentError",
    "OverApi",
    "Tokens",
    "UnreachableError",
    "open_runtime",
]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where runs are executed, in one shape whatever the lab is.

Adding a lab type is one file (or folder) here and one line in `RUNTIMES`. What has no line there
is planned for and not submitted to.
"""

import os
from collections.abc import Callable

from models import Catalog, Dispatch, LabType, Runtime
from planner.runtimes.errors import (
    DefinitionError,
    NoAccessError,
    NotSentError,
    UnreachableError,
)
from planner.runtimes.guard import Checkable, Guard
from planner.runtimes.protocol import LabRuntime, OverApi, at_once
from planner.runtimes.snapshots import Answer, Question, ask
from planner.runtimes.tokens import Tokens

# None where nothing can be sent to a runtime, as it is configured.
Factory = Callable[[Runtime, Catalog, Tokens], LabRuntime | None]


def _shell(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime:
    from planner.runtimes.shell import ShellRuntime

    return ShellRuntime(runtime, catalog.planner)


def _kubernetes(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime:
    from planner.runtimes.kubernetes import KubernetesRuntime

    return KubernetesRuntime(runtime, catalog)


def _lava(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime | None:
    from planner.runtimes.definition import Definitions
    from planner.runtimes.lava import LavaRuntime, job_of

    definitions = Definitions(runtime, catalog, os.environ)
    if not runtime.url:
        return _pulls(runtime, catalog, tokens, lambda run: job_of(definitions, run, runtime))
    patience = catalog.capacity_settings(runtime).deadline
    return LavaRuntime(runtime, definitions, tokens.runtime(runtime.name), patience=patience)


def _containers(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime:
    from planner.runtimes.containers import ContainerRuntime

    return ContainerRuntime(runtime, catalog)


def _pull_labs(runtime: Runtime, catalog: Catalog, tokens: Tokens) -> LabRuntime | None:
    from planner.runtimes.definition import Definitions
    from planner.runtimes.pull_labs import definition_of

    definitions = Definitions(runtime, catalog, os.environ)
    return _pulls(runtime, catalog, tokens, definition_of(definitions, runtime))


def _pulls(
    runtime: Runtime, catalog: Catalog, tokens: Tokens, render: Callable[[Dispatch], str]
) -> LabRuntime | None:
    """Return the way to a lab that fetches its jobs itself."""
    from planner.runtimes.pull_labs import PullLabsRuntime, store_of

    store = None if catalog.planner.events.api is None else store_of(runtime, catalog, tokens)
    return None if store is None else PullLabsRuntime(runtime, catalog, render, store)


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
    "Answer",
    "Checkable",
    "DefinitionError",
    "Factory",
    "Guard",
    "LabRuntime",
    "NoAccessError",
    "NotSentError",
    "OverApi",
    "Question",
    "Tokens",
    "UnreachableError",
    "ask",
    "at_once",
    "open_runtime",
]

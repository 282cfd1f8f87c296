# SPDX-License-Identifier: LGPL-2.1-or-later
"""A batch and all that decides about its plan, read from what a command was given."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from models import CapacitySource, Contact
from planner.cli.inputs import Inputs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models import Capacity, Catalog, Request
    from planner.cycle import Stopwatch
    from planner.whatif import Scenario


class BatchOptions(TypedDict):
    """The options that `options.batch` brings, as they reach a command."""

    paths: tuple[Path, ...]
    events_path: str
    nodes_path: Path | None
    capacity_path: Path | None
    policy: str | None
    solver: str | None
    seed: int
    now: datetime | None
    last_path: Path | None


def read_batch(given: BatchOptions, inputs: Inputs, watch: Stopwatch) -> Scenario:
    """Return the batch as a scenario; what of it cannot be used is said, and `inputs` degraded.

    Raises:
        PlannerError: if something that was named is not there or cannot be read.
    """
    from planner.config import load_policy
    from planner.demand import expand
    from planner.plan import places, read_plan
    from planner.whatif import Scenario

    catalog = inputs.catalog(given["paths"])
    policy = load_policy(given["policy"] or catalog.planner.policy, catalog)
    watch.lap("config")
    batch, nodes = inputs.batch(given["events_path"]), inputs.nodes(given["nodes_path"])
    watch.lap("events")
    demand = expand(catalog, batch, nodes=nodes, deadline_s=policy.deadline)
    inputs.errors(given["events_path"], demand.errors)
    watch.lap("demand")
    capacity = _capacity(catalog, given["capacity_path"], demand.requests, inputs, given["now"])
    watch.lap("capacity")
    last = given["last_path"]
    return Scenario(
        catalog,
        demand.requests,
        capacity,
        policy=policy,
        now=given["now"],
        last={} if last is None else places(read_plan(last)),
        solver=given["solver"],
        seed=given["seed"],
    )


def _capacity(
    catalog: Catalog,
    path: Path | None,
    requests: Iterable[Request],
    inputs: Inputs,
    planned_for: datetime | None,
) -> Capacity:
    """Return what runtimes can take, told by those that have to tell it themselves."""
    from planner.cli.runtimes import open_runtimes
    from planner.cycle import current_capacity, unanswered
    from planner.runtimes import Guard

    def clock() -> datetime:
        return datetime.now(UTC)

    told = {settings.source for settings in catalog.planner.capacity.values()}
    runtimes = {} if told <= {CapacitySource.STATIC} else open_runtimes(catalog, None)
    guards = {n: Guard(r, Contact(runtime=n), clock) for n, r in runtimes.items()}
    now = planned_for or clock()
    capacity = current_capacity(catalog, path, guards, requests, {}, now)
    inputs.defects(capacity.defects)
    for text in unanswered(capacity, now):
        inputs.problem(text)
    return capacity

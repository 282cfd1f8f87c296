# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events that were recorded, told again in simulated time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models import Batch, Catalog, Event, Node, NodeLookup, PlannerError
from planner.demand import expand
from planner.demand.matching import RETRY_CHANNEL
from planner.events import NodeFile
from planner.simulate.wanted import WantedRun, by_run


@dataclass(frozen=True)
class Recording:
    """Events in their order, each so many seconds after `start`, and the nodes behind them.

    Builds are told of as they were recorded, whatever becomes of those that are planned. Retries
    are left out: which runs are spoiled the simulation decides.
    """

    start: datetime
    told: tuple[tuple[float, Event], ...]
    nodes: Mapping[str, Node]

    @property
    def hours(self) -> float:
        """Return how long it is."""
        return max(1.0, self.told[-1][0] / 3600)

    def wanted(self, catalog: Catalog) -> dict[str, WantedRun]:
        """Return all runs that its events want, by key."""
        nodes = NodeFile(dict(self.nodes)) if self.nodes else None
        demand = expand(catalog, (event for _, event in self.told), nodes=nodes)
        return by_run(
            [r for r in demand.requests if r.candidates and r.error is None],
            {**demand.parents, **self.nodes},
        )


def recording_of(batch: Batch, nodes: NodeLookup | None) -> Recording:
    """Return the recording that a batch of events is.

    Raises:
        PlannerError: if none of them says when it happened.
    """
    timed = [
        (event.timestamp, event)
        for event in batch.events
        if event.timestamp is not None and event.channel != RETRY_CHANNEL
    ]
    if not timed:
        raise PlannerError("a replay needs events that say when they happened")
    timed.sort(key=lambda one: one[0])
    start = timed[0][0]
    told = tuple((float(round((at - start).total_seconds())), event) for at, event in timed)
    known = (nodes.get(event.data["id"]) for _, event in told) if nodes else ()
    return Recording(start, told, {node["id"]: node for node in known if node is not None})

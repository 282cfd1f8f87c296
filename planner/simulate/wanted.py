# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a scenario's checkouts ask for, whatever a policy makes of it: the measure of all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import Catalog, Node, Request
from planner.demand import expand
from planner.simulate.checkouts import Checkout, event_of
from planner.simulate.pipeline import SimulatedNodes, batch_of, build_node
from planner.simulate.service import Service


@dataclass(frozen=True)
class WantedRun:
    """One run that KernelCI's rules want for a checkout, were there room for everything."""

    run: str
    request: Request
    checkout: str

    @property
    def branch(self) -> tuple[str, str]:
        """Return tree and branch."""
        revision = self.request.revision
        return (revision.tree, revision.branch) if revision else ("", "")

    @property
    def commit(self) -> str:
        """Return the revision under test."""
        return self.request.revision.commit if self.request.revision else ""


def wanted_runs(
    catalog: Catalog, checkouts: Iterable[Checkout], service: Service, start: datetime
) -> dict[str, WantedRun]:
    """Return all runs that the checkouts want, by key: builds, and tests of those that build."""
    nodes, times = SimulatedNodes(), {}
    for checkout in checkouts:
        now = start + timedelta(seconds=checkout.at)
        nodes.nodes[checkout.id], times[checkout.id] = checkout.node(now), now
    requests = _asked(catalog, nodes.nodes.values(), nodes, times)
    built = []
    for request in requests:
        if request.kind == "kbuild":
            job, parent = catalog.jobs[request.job], nodes.nodes[request.parent]
            node = build_node(parent, job, times[request.parent])
            times[node["id"]] = times[request.parent]
            if not service.build_fails(node["id"]):
                built.append(node)
    nodes.nodes |= {node["id"]: node for node in built}
    requests += _asked(catalog, built, nodes, times)
    return by_run(requests, nodes.nodes)


def by_run(requests: Iterable[Request], nodes: Mapping[str, Node]) -> dict[str, WantedRun]:
    """Return the runs of requests by their keys."""
    return {
        request.run(index): WantedRun(request.run(index), request, _checkout(request, nodes))
        for request in requests
        for index in range(request.runs.number)
    }


def _asked(
    catalog: Catalog,
    nodes: Iterable[Node],
    lookup: SimulatedNodes,
    times: Mapping[str, datetime],
) -> list[Request]:
    events = [
        event_of(node, times[node["id"]], previous_state="running", previous_result=None)
        for node in nodes
    ]
    demand = expand(catalog, batch_of(events), nodes=lookup)
    return [r for r in demand.requests if r.candidates and r.error is None]


def _checkout(request: Request, nodes: Mapping[str, Node]) -> str:
    node = nodes[request.parent]
    return str(node.get("parent") or node["id"])

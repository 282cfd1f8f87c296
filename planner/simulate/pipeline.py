# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI around the planner: nodes, the events that tell of them, and retries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models import Batch, Catalog, Event, Job, Node
from planner.events.batch import gather
from planner.simulate.checkouts import Checkout, event_of, node_id, raw, stamp
from planner.simulate.labs import Item, World

RETRIES = 3


@dataclass
class Attempt:
    """One run that ended: where, when (seconds), and whether it told anything of the kernel."""

    root: str
    run: str
    runtime: str
    platform: str
    device_type: str
    started: float
    ended: float
    good: bool


@dataclass
class SimulatedNodes:
    """The nodes that there are so far, looked up as in an API."""

    nodes: dict[str, Node] = field(default_factory=dict)

    def expect(self, events: Sequence[Event]) -> None:
        """Do nothing: the nodes are here."""

    def get(self, node_id: str) -> Node | None:
        """Return the node of that id."""
        return self.nodes.get(node_id)

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Return False: whatever ran in a simulation the planner's own ledger knows."""
        return False


class Pipeline:
    """Makes nodes of checkouts and builds, tells of them, and has spoiled runs repeated."""

    def __init__(self, catalog: Catalog, recorded: Mapping[str, Node] | None = None) -> None:
        self._catalog = catalog
        self._recorded = recorded is not None
        self.nodes = SimulatedNodes(dict(recorded or {}))
        self.attempts: list[Attempt] = []
        self.told_at: dict[str, float] = {}  # of the nodes of checkouts and builds
        self._news: list[dict[str, Any]] = []
        # Which runs a retry stands for.
        self._roots: dict[tuple[str, str, int, str], list[str]] = {}
        self._world: World | None = None

    def join(self, world: World) -> None:
        """Learn of the world whose labs report to `ended`."""
        self._world = world

    def check_out(self, checkout: Checkout, now: datetime) -> None:
        """Tell that a revision is there to be tested."""
        self._available(checkout.node(now), now, checkout.at)

    def relay(self, event: Event, at: float, now: datetime) -> None:
        """Tell a recorded event again."""
        node = event.data["id"]
        self.nodes.nodes.setdefault(node, event.data)
        self.told_at.setdefault(node, at)
        self.tell(raw(event, now))

    def ended(self, item: Item, runtime: str) -> None:
        """Take note of a run that ended: a build has tests, a spoiled run is repeated."""
        world, dispatch = self._world, item.dispatch
        assert world is not None
        assert dispatch is not None
        assert item.started is not None
        assert item.ended is not None
        order, now = dispatch.order, world.time(item.ended)
        root = self._root(order.parent, order.job, order.retry, order.platform, order.run)
        self.attempts.append(
            Attempt(
                root=root,
                run=order.run,
                runtime=runtime,
                platform=order.platform,
                device_type=order.device_type,
                started=item.started,
                ended=item.ended,
                good=not item.spoiled,
            )
        )
        if item.spoiled:
            self._retry(order.parent, order.job, order.retry, order.platform, root, now)
        elif order.kind == "kbuild" and not self._recorded:
            node = build_node(order.node, self._catalog.jobs[order.job], now)
            if not world.service.build_fails(node["id"]) and node["id"] not in self.nodes.nodes:
                self._available(node, now, item.ended)

    def tell(self, event: dict[str, Any]) -> None:
        """Add an event to those that nobody has collected."""
        self._news.append(event)

    def collect(self, most: int | None = None) -> Batch:
        """Return what was told and not collected yet, `most` so many events of it."""
        taken, self._news = self._news[:most], [] if most is None else self._news[most:]
        return batch_of(taken)

    def __len__(self) -> int:
        """Return how many events nobody has collected."""
        return len(self._news)

    def _available(self, node: Node, now: datetime, at: float) -> None:
        self.nodes.nodes[node["id"]], self.told_at[node["id"]] = node, at
        self.tell(event_of(node, now, previous_state="running", previous_result=None))

    def _root(self, parent: str, job: str, retry: int, platform: str, run: str) -> str:
        waiting = self._roots.get((parent, job, retry, platform)) if retry else None
        return waiting.pop(0) if waiting else run

    def _retry(
        self, parent: str, job: str, retry: int, platform: str, root: str, now: datetime
    ) -> None:
        if retry >= RETRIES:
            return
        self._roots.setdefault((parent, job, retry + 1, platform), []).append(root)
        event = event_of(
            self.nodes.nodes[parent],
            now,
            "retry",
            retry_counter=retry + 1,
            jobfilter=[job],
            platform_filter=[platform],
        )
        del event["data"]["op"]
        self.tell(event)


def batch_of(events: Iterable[dict[str, Any]]) -> Batch:
    """Return the batch that these events are."""
    return gather((None, event) for event in events)


def build_node(parent: Node, job: Job, now: datetime) -> Node:
    """Return the node of a build of `parent` that passed."""
    params = job.params
    fragments = [str(one) for one in params.get("fragments") or ()]
    defconfig = params.get("defconfig", "defconfig")
    listed = defconfig if isinstance(defconfig, list) else [defconfig]
    return {
        **parent,
        "id": node_id(parent["id"], job.name),
        "kind": "kbuild",
        "name": job.name,
        "path": [*parent["path"], job.name],
        "group": job.name,
        "parent": parent["id"],
        "state": "available",
        "result": "pass",
        "artifacts": {"kernel": "https://files.sim.example/Image"},
        "data": {
            "kernel_revision": parent["data"]["kernel_revision"],
            "arch": params.get("arch"),
            "compiler": params.get("compiler"),
            "defconfig": defconfig,
            "fragments": fragments,
            "config_full": "+".join([*map(str, listed), *fragments]),
            "kernel_type": "image",
            "platform": "kubernetes",
        },
        "created": stamp(now),
        "updated": stamp(now),
    }

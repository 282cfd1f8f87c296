# SPDX-License-Identifier: LGPL-2.1-or-later
"""The nodes of one cycle, each read from the API once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from models import Event, Node, utc
from planner.kernelci.api import Api
from planner.kernelci.errors import RefusedError

# An event that the API's history has; pub/sub makes up names of its own.
_RECORDED = re.compile(r"[0-9a-f]{24}")
_AT_ONCE = 100  # ids in one request, so that its address stays short


class CycleNodes:
    """Nodes as they are when they are first asked for; made anew for each cycle.

    Every method raises ApiError where the API cannot be asked.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._nodes: dict[str, Node | None] = {}
        self._ran: dict[tuple[str, str, str, str, datetime, datetime], bool] = {}

    def expect(self, events: Sequence[Event]) -> None:
        """Fetch the nodes of these events in few requests, as far as that can be."""
        of_node = {
            event.data["id"]: event.id
            for event in events
            if event.id and _RECORDED.fullmatch(event.id) and event.data["id"] not in self._nodes
        }
        if len(of_node) < 2:
            return  # which is one request anyway
        for ids in _chunks(of_node.values()):
            try:
                for told in self._api.events(ids=ids, nodes=True):
                    node = told.get("node")
                    if isinstance(node, dict) and isinstance(node.get("id"), str):
                        self._nodes[node["id"]] = node
            except RefusedError:  # by an API that is older; they come one by one then
                return

    def get(self, node_id: str) -> Node | None:
        """Return the node of that id, or None where the API has none."""
        if node_id not in self._nodes:
            self._nodes[node_id] = self._api.node(node_id)
        return self._nodes[node_id]

    def ran_since(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        """Tell whether the API has such a node that was created from `since` to `until`."""
        asked = (job, tree, branch, platform, since, until)
        if asked not in self._ran:
            self._ran[asked] = self._has_run(*asked)
        return self._ran[asked]

    def _has_run(
        self, job: str, tree: str, branch: str, platform: str, since: datetime, until: datetime
    ) -> bool:
        query = {
            "name": job,
            "data.kernel_revision.tree": tree,
            "data.kernel_revision.branch": branch,
            "data.platform": platform,
            "created__gte": since.astimezone(UTC).replace(tzinfo=None).isoformat(),
        }
        # One at a time: the first is almost always enough.
        created = (utc(node.get("created")) for node in self._api.nodes(query, page=1))
        return any(moment is not None and moment <= until for moment in created)


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    left = list(ids)
    for start in range(0, len(left), _AT_ONCE):
        yield left[start : start + _AT_ONCE]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The nodes of one cycle, each read from the API once."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from models import Event, Node, utc
from planner.kernelci.api import Api, is_id
from planner.kernelci.errors import ApiError

log = logging.getLogger(__name__)

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
        # Pub/sub makes up names for events that the history does not know.
        of_node = {
            event.data["id"]: event.id
            for event in events
            if event.id and is_id(event.id) and is_id(event.data["id"])
        }
        missing = [event for node, event in of_node.items() if node not in self._nodes]
        if len(missing) < 2:
            return  # which is one request anyway
        for start in range(0, len(missing), _AT_ONCE):
            try:
                for told in self._api.events(ids=missing[start : start + _AT_ONCE], nodes=True):
                    node = told.get("node")
                    if isinstance(node, dict) and isinstance(node.get("id"), str):
                        self._nodes[node["id"]] = node
            except ApiError as error:
                log.warning("%s; nodes are read one by one", error)
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

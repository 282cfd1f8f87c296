# SPDX-License-Identifier: LGPL-2.1-or-later
"""The requests that the planner makes of a KernelCI API, one method for each."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

from pydantic import SecretStr
from urllib3.util import Retry

from models import Node
from planner.kernelci.connection import LISTEN, RETRY, Connection, Params
from planner.kernelci.errors import (
    AwayError,
    RefusedError,
    SilentError,
    UnreachableError,
    UnsureError,
)
from planner.kernelci.states import allowed

log = logging.getLogger(__name__)

PAGE = 1000  # what KernelCI's API gives at most where it looks up nodes too
_TRIES = 2
_RUNS_AT_ONCE = 100  # in one request, so that its address stays short
_ID = re.compile(r"[0-9a-f]{24}")


def is_id(text: str) -> bool:
    """Tell whether a text can be an id that the API gave."""
    return bool(_ID.fullmatch(text))


class Api:
    """A KernelCI API. Every method raises ApiError where it cannot do what it says.

    What was asked of it is not done for certain only after a RefusedError.
    """

    def __init__(self, url: str, token: SecretStr | None = None, *, retry: Retry = RETRY) -> None:
        self._connection = Connection(url, token, retry=retry)
        self.url = self._connection.url
        self._ask = self._connection.ask

    def __repr__(self) -> str:
        return f"Api({self.url})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.__exit__()

    def whoami(self) -> str:
        """Return the name of the user whose token this is.

        Raises:
            ApiError: if there is none, or no answer.
        """
        found = self._ask("GET", "/whoami")
        return str(found.get("username")) if isinstance(found, dict) else "?"

    # Nodes.

    def node(self, node_id: str) -> Node | None:
        """Return the node of that id as it is now, None where there is none."""
        if not is_id(node_id):
            return None  # the API would refuse it, and other addresses may be no nodes at all
        found = self._ask("GET", f"/node/{node_id}")
        return found if isinstance(found, dict) else None

    def nodes(self, query: Params, *, page: int = PAGE) -> Iterator[Node]:
        """Yield the nodes that match, page by page as they are needed.

        A field that the API does not know matches nothing, and an operator likewise.
        """
        yield from self._pages("/nodes", query, page)

    def count_nodes(self, query: Params) -> int:
        """Return how many nodes match; `limit` and `offset` are no part of such a query."""
        number = self._ask("GET", "/count", params=query)
        if not isinstance(number, int):
            raise UnreachableError(f"GET {self.url}/count", "the answer is no number")
        return number

    def find_run(self, parent: str, run: str) -> Node | None:
        """Return the node that was created for a run, the oldest one if there are several."""
        query = {"parent": parent, "data.planner.run": run}
        found = sorted(self.nodes(query, page=50), key=lambda node: str(node.get("created")))
        if len(found) > 1:
            log.warning("%s: run %s has %d nodes", self.url, run, len(found))
        return found[0] if found else None

    def nodes_of_runs(self, runs: Sequence[str]) -> dict[str, Node]:
        """Return the nodes that were created for these runs, by their ids."""
        found = {}
        for start in range(0, len(runs), _RUNS_AT_ONCE):
            wanted = ",".join(runs[start : start + _RUNS_AT_ONCE])
            for node in self.nodes({"data.planner.run__in": wanted}):
                found[str(node["id"])] = node
        return found

    def create_node(self, node: Node) -> Node:
        """Create a node and return it as it is then; the request is sent once.

        After a lost reply or an error of the server the node is looked for by its
        `data.planner.run`, because it may be there all the same.

        Raises:
            RefusedError: if it was not created, and will not be.
            AwayError: if it was not created, for nobody was there.
            UnsureError: if nobody can tell yet. Call `find_run` before creating it again.
        """
        try:
            return self._ask_node("POST", "/node", body=node)
        except AwayError:
            raise
        except UnreachableError as doubt:
            run = node["data"]["planner"]["run"]
            log.warning("%s; looking for the node of run %s", doubt, run)
            try:
                found = self.find_run(node["parent"], run)
            except UnreachableError as error:
                raise UnsureError(f"run {run}", f"{doubt}; then: {error}") from error
            if found is None:
                raise UnsureError(f"run {run}", f"{doubt}; no node is there yet") from doubt
            return found

    def update_node(
        self,
        node_id: str,
        change: Mapping[str, Any],
        *,
        event: bool = True,
        known: Node | None = None,
    ) -> Node:
        """Merge `change` into the node as it is now, and return it as it is then.

        Dictionaries are merged key by key, at any depth; everything else in `change` replaces what
        the node has. Nothing is sent where the node is like that already, and nothing but the
        fields that change. The API knows no conditional update: of two writers who change `data`
        in the same moment the second wins. Without `event` nobody is told. `known` is the node as
        it was read just now, so that it need not be read again.

        Raises:
            RefusedError: if there is no such node, it is not ours, or it may not go to that state.
        """
        tries = _TRIES
        while True:
            node, known = known or self.node(node_id), None
            if node is None:
                raise RefusedError(f"{self.url}: node {node_id}", "there is no such node")
            try:
                return self.merge_into(node, change, event=event)
            except UnreachableError:
                tries -= 1
                if not tries:
                    raise

    def merge_into(self, node: Node, change: Mapping[str, Any], *, event: bool = True) -> Node:
        """Do as `update_node` with a node that was read just now; the request is sent once.

        Raises:
            RefusedError: if it is not ours, or may not go to that state.
        """
        fields = _changed_fields(f"{self.url}: node {node['id']}", node, change)
        if not fields:
            return node
        told = {} if event else {"noevent": "true"}
        return self._ask_node("PATCH", f"/node/{node['id']}", params=told, body=fields)

    def post_telemetry(self, told: Sequence[Mapping[str, Any]]) -> None:
        """Tell KernelCI's telemetry of these; each has at least `kind` and `runtime`."""
        if told:
            self._ask("POST", "/telemetry", body=list(told))

    # Events.

    def events(
        self,
        *,
        since: datetime | None = None,
        ids: Sequence[str] = (),
        nodes: bool = False,
        page: int = PAGE,
    ) -> Iterator[dict[str, Any]]:
        """Yield the events after `since`, or those of these ids, in no order.

        With `nodes` each has its node as it is now in `node`. An event that is recorded while
        pages are read may be missing or come twice.
        """
        query: dict[str, str | int] = {}
        if since is not None:
            query["from"] = _iso(since)
        if ids:
            query["ids"] = ",".join(ids)
        if nodes:
            query["recursive"] = "true"
        yield from self._pages("/events", query, page)

    def subscribe(self, channel: str, subscriber: str) -> int:
        """Return the number of a new subscription to everybody's events of a channel.

        It begins with what `subscriber` has not acknowledged, 1,000 events at most. A subscriber
        belongs to one channel.
        """
        params = {"promisc": "true", "subscriber_id": subscriber}
        reply = self._ask("POST", f"/subscribe/{quote(channel, safe='')}", params=params)
        number = reply.get("id") if isinstance(reply, dict) else None
        if not isinstance(number, int):
            raise UnreachableError(f"{self.url}: subscribe", "the answer has no number")
        return number

    def listen(self, subscription: int, patience: float) -> dict[str, Any] | None:
        """Acknowledge the event before and return the next one; None if none comes in time.

        Having got None or an error, never listen to this subscription again: the API may have
        handed the next event to nobody.
        """
        try:
            told = self._ask("GET", f"{LISTEN}{subscription}", patience=patience)
        except SilentError:
            return None
        if not isinstance(told, dict):
            raise UnreachableError(f"{self.url}: listen", "the answer is no event")
        return told

    def unsubscribe(self, subscription: int) -> None:
        """End a subscription; what its subscriber has not acknowledged is kept."""
        self._ask("POST", f"/unsubscribe/{subscription}")

    def _ask_node(self, method: str, path: str, **more: Any) -> Node:
        found = self._ask(method, path, **more)
        if not isinstance(found, dict):
            raise UnreachableError(f"{method} {self.url}{path}", "the answer is no node")
        return found

    def _pages(self, path: str, query: Params, page: int) -> Iterator[dict[str, Any]]:
        offset, before = 0, None
        while True:
            reply = self._ask("GET", path, params={**query, "limit": page, "offset": offset})
            items = reply.get("items") if isinstance(reply, dict) else reply
            if not isinstance(items, list):
                raise UnreachableError(f"GET {self.url}{path}", "the answer is no list")
            if items and items == before:  # it would go on like that for ever
                raise UnreachableError(f"GET {self.url}{path}", "the same page comes again")
            before = items
            yield from (item for item in items if isinstance(item, dict))
            offset += len(items)
            if len(items) < page:
                return


def _iso(moment: datetime) -> str:
    """Return a time as the API writes its own: UTC, which it does not say."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _changed_fields(asked: str, node: Node, change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the node that are others once `change` is merged into it."""
    merged = _merged(node, change)
    before, after = node.get("state"), merged.get("state")
    if not allowed(before, after):
        raise RefusedError(asked, f"it is {before} and cannot become {after}")
    return {key: merged[key] for key in change if key not in node or merged[key] != node[key]}


def _merged(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(before)
    for key, value in change.items():
        known = merged.get(key)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            merged[key] = _merged(known, value)
        else:
            merged[key] = value
    return merged

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events: told to everybody, kept, and asked for."""

import json
import re
import time
from datetime import datetime
from typing import Any
from uuid import uuid4

from tests.kernelci.double.schema import is_id
from tests.kernelci.double.state import Json, Refusal, State

TIMES = ("created", "updated", "timeout", "holdoff", "timestamp")
MOST = 1000
_OF_DATA = ("kind", "state", "result", "op", "name", "group")


def stored(document: Json) -> Json:
    """Return a document as the database keeps it: whole milliseconds, no references to ours."""
    kept: Json = json.loads(json.dumps(document))
    for key in TIMES:
        if kept.get(key):
            at = datetime.fromisoformat(kept[key]).replace(tzinfo=None)
            kept[key] = at.replace(microsecond=at.microsecond // 1000 * 1000).isoformat()
    return kept


def publish(
    state: State, channel: str, data: Any, owner: str, *, late: float = 0.0, **told: Any
) -> Json:
    """Give an event its number, store it, and tell everybody who listens, in this order.

    With `late` other events are stored between the first and the second step.
    """
    sequence, event_id = state.next_sequence(), state.new_id()
    timestamp = state.clock().isoformat()
    if late:
        time.sleep(late)
    event = stored(
        {
            "timestamp": timestamp,
            "sequence_id": sequence,
            "channel": channel,
            "owner": owner,
            "data": data,
            "id": event_id,
        }
    )
    with state.changed:
        state.events.append(event)
        for hear in state.listeners:
            hear(channel, cloud_event(state, data, owner, sequence, **told))
        state.changed.notify_all()
    return event


def cloud_event(
    state: State, data: Any, owner: str | None, sequence: int | None, **told: Any
) -> Json:
    """Return what carries an event through pub/sub, under an id of its own."""
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": told.pop("source", None) or "https://api.kernelci.org/",
        "type": told.pop("type", None) or "api.kernelci.org",
        "time": state.clock().isoformat() + "+00:00",
        "data": data,
    }
    numbered = {} if sequence is None else {"_sequence_id": sequence}
    return event | ({} if owner is None else {"owner": owner}) | told | numbered


def find(state: State, query: dict[str, str]) -> list[Json]:
    """Return the events that match, in the order in which they were stored."""
    query = dict(query)
    limit, offset = _number(query.pop("limit", None)), _number(query.pop("offset", None)) or 0
    recursive = query.pop("recursive", None)
    if recursive and (limit is None or limit > MOST):
        raise Refusal(400, f"Recursive limit is too large, max is {MOST}")
    wanted = _conditions(query)
    with state.changed:
        found = [event for event in state.events if all(holds(event) for holds in wanted)]
    page = found[offset : None if limit is None else offset + limit]
    if not recursive:
        return page
    nodes = ((event, state.nodes.get(event["data"]["id"])) for event in page)
    return [event | ({"node": node} if node else {}) for event, node in nodes]


def _conditions(query: dict[str, str]) -> list[Any]:
    tests: list[Any] = []
    since = query.pop("from", None)
    if since is not None:
        try:
            after = datetime.fromisoformat(since).replace(tzinfo=None)
        except ValueError:
            text = "Invalid 'from' parameter, must be an ISO 8601 datetime"
            raise Refusal(400, text) from None
        tests.append(lambda event: datetime.fromisoformat(event["timestamp"]) > after)
    ids = [*filter(None, (query.pop("id", None),)), *query.pop("ids", "").split(",")]
    ids = [name for name in ids if name]
    if ids:
        if not all(map(is_id, ids)):
            raise Refusal(400, "Invalid id format")
        tests.append(lambda event: event["id"] in ids)
    node_id, path = query.pop("node_id", None), query.pop("path", None)
    if node_id is not None:
        tests.append(lambda event: event["data"].get("id") == node_id)
    if path is not None:
        tests.append(lambda event: any(re.search(path, p) for p in event["data"].get("path", ())))
    for key, value in query.items():
        tests.append(_equal(key, value))
    return tests


def _equal(key: str, value: str) -> Any:
    if key in _OF_DATA:
        return lambda event: event["data"].get(key) == value
    return lambda event: event.get(key) == value


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError as error:
        raise Refusal(400, str(error)) from error

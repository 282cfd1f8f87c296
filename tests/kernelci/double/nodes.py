# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nodes: created, replaced, patched, and who may do that."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

from tests.kernelci.double.history import publish, stored
from tests.kernelci.double.schema import FIELDS, JOB_DATA, REVISION_DATA, is_id, read_body
from tests.kernelci.double.state import Json, Refusal, State

TRANSITIONS = {
    "running": {"available", "closing", "done"},
    "available": {"closing", "done"},
    "closing": {"done"},
    "done": set(),
}
PATCHABLE = (
    *("state", "result", "artifacts", "data", "debug", "jobfilter", "platform_filter"),
    *("timeout", "holdoff", "processed_by_kcidb_bridge"),
)


def create(state: State, user: str, body: Any) -> Json:
    """Create a node, and tell everybody."""
    if isinstance(body, dict) and body.get("id"):
        node = read_body(body)
        raise Refusal(400, f"Object cannot be created with id: {body['id']}")
    node = read_body(body)
    parent = node["parent"]
    if parent is not None and parent not in state.nodes:
        raise Refusal(404, f"Parent not found with id: {parent}")
    for group in node["user_groups"]:
        raise Refusal(400, f"User group does not exist with name: {group}")
    node = _stamped(state, node) | {"owner": user, "id": state.new_id()}
    with state.changed:
        state.nodes[node["id"]] = stored(_in_order(node))
    publish(state, "node", _told(state.nodes[node["id"]], "created"), user)
    return _in_order(node) | {"id": node["id"]}


def get(state: State, node_id: str) -> Json | None:
    """Return a node, None if there is none."""
    return state.nodes.get(_checked(node_id))


def replace(state: State, user: str, node_id: str, body: Any, *, event: bool) -> Json:
    """Put another node in the place of one: what the body does not say is gone."""
    before = _owned(state, user, node_id)
    node = read_body(body)
    if node["parent"] == node_id:
        raise Refusal(400, "Parent cannot be the same as the object")
    _check_transition(before, node["state"], node["state"])
    return _store(state, before, _stamped(state, node), event=event)


def patch(state: State, user: str, node_id: str, body: Any, *, event: bool) -> Json:
    """Replace some fields of a node."""
    before = _owned(state, user, node_id)
    change = {key: body[key] for key in PATCHABLE if body.get(key) is not None}
    if not change:
        raise Refusal(400, "No fields to update")
    if "state" in change:
        _check_transition(before, change["state"], f"StateValues.{change['state'].upper()}")
    node = {**before, **change, "updated": state.clock().isoformat()}
    return _store(state, before, node, event=event)


def replace_hierarchy(state: State, user: str, node_id: str, body: Any) -> list[Json]:
    """Replace a node and create those below it."""
    before = _owned(state, user, node_id)
    root = _stamped(state, read_body(body["node"]))
    _check_transition(before, root["state"], root["state"])
    made = [_store(state, before, _full(root), event=False)]
    for child in body["child_nodes"]:
        below = read_body(child["node"]) | {"parent": node_id}
        below["treeid"] = root["treeid"]
        node = _full(_stamped(state, below)) | {"owner": user, "id": state.new_id()}
        state.nodes[node["id"]] = stored(_in_order(node))
        made.append(state.nodes[node["id"]])
    told = _told(made[0], "updated", hierarchy=True)
    publish(state, "node", told | _before(before), user)
    return made


def set_field(state: State, body: Any) -> int:
    """Set one field of several nodes."""
    if body["field"] != "processed_by_kcidb_bridge":
        raise Refusal(400, "Field not supported")
    for node_id in body["nodes"]:
        if node_id not in state.nodes:
            raise Refusal(404, f"Node not found with id: {node_id}")
    for node_id in body["nodes"]:
        changed = {body["field"]: body["value"] == "true", "updated": state.clock().isoformat()}
        state.nodes[node_id] = stored({**state.nodes[node_id], **changed})
    return len(body["nodes"])


def _checked(node_id: str) -> str:
    if not is_id(node_id):
        text = "it must be a 12-byte input or a 24-character hex string"
        raise Refusal(400, f"'{node_id}' is not a valid ObjectId, {text}")
    return node_id


def _owned(state: State, user: str, node_id: str) -> Json:
    node = state.nodes.get(_checked(node_id))
    if node is None:
        raise Refusal(404, f"Node not found with id: {node_id}")
    if node["owner"] != user:
        raise Refusal(401, "Unauthorized to complete the operation")
    return node


def _check_transition(before: Json, after: str, name: str) -> None:
    if after != before["state"] and after not in TRANSITIONS[before["state"]]:
        raise Refusal(400, f"Transition not allowed with state: {name}")


def _store(state: State, before: Json, node: Json, *, event: bool) -> Json:
    node = {**node, "owner": before["owner"], "id": before["id"]}
    with state.changed:
        state.nodes[before["id"]] = kept = {"id": before["id"], **stored(_in_order(node))}
    if event:
        publish(state, "node", _told(kept, "updated") | _before(before), before["owner"])
    return kept


def _stamped(state: State, node: Json) -> Json:
    now = state.clock()
    later = (now + timedelta(hours=6)).isoformat()
    created = node["created"] or now.isoformat()
    times = {"created": created, "updated": now.isoformat(), "timeout": node["timeout"] or later}
    return node | times


def _in_order(node: Json) -> Json:
    return ({"id": node["id"]} if "id" in node else {}) | {key: node[key] for key in FIELDS}


def _full(node: Json) -> Json:
    """Return a node whose data has every field that the API knows of a test."""
    data = JOB_DATA | node["data"]
    revision = data["kernel_revision"]
    if revision is not None:
        version = {"sublevel": None, "extra": None, "name": None} | revision["version"]
        data["kernel_revision"] = REVISION_DATA | {"tip_of_branch": None} | revision
        data["kernel_revision"]["version"] = version
    return {**node, "data": data}


def _told(node: Json, op: str, *, hierarchy: bool = False) -> Json:
    keys = ("id", "kind", "name", "path", "group", "state", "result", "owner", "data")
    told = {"op": op} | {key: node[key] for key in keys} | {"is_hierarchy": hierarchy}
    return deepcopy(told)


def _before(node: Json) -> Json:
    return {"previous_state": node["state"], "previous_result": node["result"]}

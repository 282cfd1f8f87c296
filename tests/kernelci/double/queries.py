# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is asked of nodes."""

import operator
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.kernelci.double.schema import is_id
from tests.kernelci.double.state import Json, Refusal, State

PAGE = 50
_TIMES = ("created", "updated", "timeout", "holdoff")
_ORDERS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
_OPERATORS = (*_ORDERS, "ne", "re", "in", "nin", "int")
Test = Callable[[Json], bool]


def page(state: State, query: dict[str, str]) -> Json:
    """Return a page of the nodes that match, and how many there are."""
    query = dict(query)
    limit = _bounded(query.pop("limit", str(PAGE)), "limit", 1)
    offset = _bounded(query.pop("offset", "0"), "offset", 0)
    found = find(state, query)
    items = found[offset : offset + limit]
    return {"items": items, "total": len(found), "limit": limit, "offset": offset}


def all_at_once(state: State, query: dict[str, str]) -> list[Json]:
    """Return the nodes that match, in a list without pages."""
    query = dict(query)
    limit, offset = query.pop("limit", None), int(query.pop("offset", "0"))
    return find(state, query)[offset : None if limit is None else offset + int(limit)]


def find(state: State, query: dict[str, str]) -> list[Json]:
    """Return the nodes that match, in the order in which they were made."""
    tests = [_test(*parts, value) for parts, value in ((_parts(k), v) for k, v in query.items())]
    with state.changed:
        found = [node for node in state.nodes.values() if all(test(node) for test in tests)]
    return [{"id": node["id"], **node} for node in found]


def _bounded(text: str, name: str, least: int) -> int:
    if int(text) >= least:
        return int(text)
    complaint = {
        "type": "greater_than_equal",
        "loc": ["query", name],
        "msg": f"Input should be greater than or equal to {least}",
        "input": text,
        "ctx": {"ge": least},
    }
    raise Refusal(422, [complaint])


def _parts(key: str) -> tuple[str, str]:
    name, _, op = key.rpartition("__")
    return (name, op) if op in _OPERATORS and name else (key, "")


def _test(key: str, op: str, value: str) -> Test:
    if key in ("id", "_id"):
        return lambda node: False
    if key == "parent" and value != "null" and not is_id(value):
        text = "it must be a 12-byte input or a 24-character hex string"
        raise Refusal(400, f"'{value}' is not a valid ObjectId, {text}")
    if key == "parent" and value == "null":
        return lambda node: False
    if key in _TIMES:
        return _test_time(key, op, value)
    wanted: Any = None if value == "null" else value
    if op in _ORDERS or op == "int":
        wanted = int(value) if value.isdecimal() else value
    if op in _ORDERS:
        return lambda node: _ordered(_ORDERS[op], _found(node, key), wanted)
    if op in ("in", "nin"):
        return lambda node: (_found(node, key) in value.split(",")) is (op == "in")
    if op == "re":
        return lambda node: bool(re.search(value, str(_found(node, key))))
    return lambda node: (_found(node, key) == wanted) is (op != "ne")


def _test_time(key: str, op: str, value: str) -> Test:
    try:
        wanted = datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError as error:
        raise Refusal(400, str(error)) from error
    compare = _ORDERS.get(op, operator.eq)

    def holds(node: Json) -> bool:
        told = node.get(key)
        return told is not None and bool(compare(datetime.fromisoformat(told), wanted))

    return holds


def _ordered(compare: Callable[[Any, Any], Any], told: Any, wanted: Any) -> bool:
    return type(told) is type(wanted) and bool(compare(told, wanted))


_ABSENT = object()


def _found(node: Json, key: str) -> Any:
    value: Any = node
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return _ABSENT
        value = value[part]
    return value

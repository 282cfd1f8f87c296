# SPDX-License-Identifier: LGPL-2.1-or-later
"""The shapes in which KernelCI tells of an event.

An item of `/events` has the event's dictionary in `data`, beside channel, time and id. A reply of
`/listen` has in `data` a JSON text, which holds that dictionary in its own `data`, or `BEEP` where
the server only kept the connection alive. And the dictionary may stand alone.
"""

import hashlib
import json
from typing import Any

from models import Event, utc
from planner.events.lines import is_text

NODE_CHANNEL = "node"
_KEEPALIVE = "BEEP"
_SURROGATE = "\\ud"  # how JSON begins each half of a character beyond its 16 bits


class ShapeError(ValueError):
    """An object that is no event; its text says why."""


def parse_event(told: Any, line: int | None = None) -> Event | None:
    """Return the event that a JSON value tells of; None for a keep-alive.

    A dictionary that stands alone, and an item that names no channel, are of channel `node`.

    Raises:
        ShapeError: if it is none of the shapes, or tells of no node.
    """
    if not isinstance(told, dict):
        raise ShapeError(f"an event is a JSON object, and this is {_kind(told)}")
    if "op" in told or "kind" in told:
        return _event(told, {}, NODE_CHANNEL, line)
    channel = told.get("channel") or NODE_CHANNEL
    data = told.get("data")
    if isinstance(data, str):
        if data == _KEEPALIVE:
            return None
        told = _inner(data)
        data = told.get("data")
    if data == _KEEPALIVE:
        return None
    if not isinstance(data, dict):
        raise ShapeError(f"the event has no dictionary in 'data', but {_kind(data)}")
    return _event(data, told, str(channel), line)


def _inner(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ShapeError(f"'data' is a text that is no JSON: {error}") from error
    if not isinstance(told, dict):
        raise ShapeError(f"'data' is a JSON text of {_kind(told)}, not of an object")
    return told


def _event(data: dict[str, Any], told: dict[str, Any], channel: str, line: int | None) -> Event:
    node = data.get("id")
    if not isinstance(node, str) or not node:
        raise ShapeError("the event names no node: 'id' is missing")
    name = told.get("id")
    return Event(
        id=None if name is None else str(name),
        channel=channel,
        timestamp=utc(told.get("timestamp") or told.get("time")),
        data=data,
        fingerprint=_fingerprint(channel, data),
        line=line,
    )


def _fingerprint(channel: str, data: dict[str, Any]) -> str:
    """Return a digest of what the event says, which is the same under another id or time.

    Raises:
        ShapeError: if what it says cannot be written down again.
    """
    said = [channel, data]
    try:
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    except RecursionError as error:
        raise ShapeError("the event is nested too deeply") from error
    if _SURROGATE in text and not is_text(said):
        raise ShapeError("a text in the event has half a character in it")
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _kind(value: Any) -> str:
    names = {type(None): "nothing", list: "a list", str: "a text", bool: "a truth value"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "an object")

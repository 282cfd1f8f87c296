# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events as KernelCI writes them, in each of its shapes, and how a test reads them."""

import io
import json
from typing import Any

from models import Batch
from planner.events import read_events

Json = dict[str, Any]


def data(number: int = 1, **changes: Any) -> Json:
    """Return an event's own dictionary, about the node of that number."""
    return {
        "op": "updated",
        "id": f"node-{number}",
        "kind": "kbuild",
        "name": "build",
        "path": ["checkout", "build"],
        "group": "build",
        "state": "available",
        "result": None,
        "owner": "admin",
        "data": {"kernel_revision": {"tree": "mainline", "branch": "master"}},
        "is_hierarchy": False,
        "previous_state": "running",
        "previous_result": None,
    } | changes


def item(number: int = 1, *, event: str = "e", channel: str = "node", **changes: Any) -> Json:
    """Return an item of `/events` that says `data(number, **changes)`."""
    return {
        "timestamp": f"2026-11-24T04:22:{number % 60:02}.285000",
        "sequence_id": number,
        "channel": channel,
        "owner": "admin",
        "data": data(number, **changes),
        "id": f"{event}{number}",
    }


def reply(said: Any, *, event: str = "cloud-1", channel: str = "node") -> Json:
    """Return what `listen` replies: the CloudEvent that carries `said`, as a JSON string."""
    cloud = {
        "specversion": "1.0",
        "id": event,
        "source": "https://api.kernelci.org/",
        "type": "api.kernelci.org",
        "time": "2026-11-24T04:40:04.137561+00:00",
        "data": said,
        "owner": "admin",
    }
    return {"type": "message", "pattern": None, "channel": channel, "data": json.dumps(cloud)}


def read(*lines: Json | str | bytes) -> Batch:
    """Return what `read_events` makes of these lines; objects are written as JSON."""
    raw = [line if isinstance(line, bytes) else text(line).encode() for line in lines]
    return read_events(io.BytesIO(b"\n".join(raw) + b"\n"))


def text(line: Json | str) -> str:
    """Return a line of a file: text as it is, anything else as JSON."""
    return line if isinstance(line, str) else json.dumps(line)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What else the API keeps: keys and values, lists, telemetry."""

from collections import Counter
from typing import Any

from pydantic import BaseModel, ValidationError

from tests.kernelci.double.history import cloud_event, stored
from tests.kernelci.double.state import Json, Refusal, State

_RESULTS = ("pass", "fail", "incomplete", "skip")


class TelemetryEvent(BaseModel):
    """Something that happened to a job, for statistics."""

    ts: str = ""
    kind: str
    runtime: str
    device_type: str | None = None
    device_id: str | None = None
    job_name: str | None = None
    test_name: str | None = None
    job_id: str | None = None
    node_id: str | None = None
    tree: str | None = None
    branch: str | None = None
    arch: str | None = None
    result: str | None = None
    is_infra_error: bool = False
    error_type: str | None = None
    error_msg: str | None = None
    retry: int = 0
    extra: dict[str, Any] = {}


def add_telemetry(state: State, body: list[Json]) -> Json:
    """Keep what happened."""
    for item in body:
        try:
            told = TelemetryEvent.model_validate(item).model_dump()
        except ValidationError as wrong:
            raise Refusal(400, f"Invalid telemetry event: {wrong}") from wrong
        ts = stored({"timestamp": state.clock().isoformat()})["timestamp"]
        state.telemetry.append({"id": state.new_id(), **told, "ts": ts})
    return {"inserted": len(body)}


def telemetry(state: State) -> Json:
    """Return all that happened."""
    return {"items": state.telemetry, "total": len(state.telemetry), "limit": 50, "offset": 0}


def telemetry_counts(state: State, key: str) -> list[Json]:
    """Return how often what happened, by a key."""
    groups: dict[Any, Counter[str]] = {}
    for item in state.telemetry:
        counts = groups.setdefault(item[key], Counter())
        counts.update(["total", item["result"] or "none"])
        counts["infra_error"] += item["is_infra_error"]
    names = ("total", *_RESULTS[:3], "skip", "infra_error")
    return [{key: of, **{name: n[name] for name in names}} for of, n in groups.items()]


def push(state: State, name: str, body: Json) -> None:
    """Add to the end of a list."""
    with state.changed:
        state.lists.setdefault(name, []).append(cloud_event(state, body["data"], None, None))
        state.changed.notify_all()


def pop(state: State, name: str) -> Json:
    """Take from the beginning of a list, as soon as there is something."""
    with state.changed:
        state.changed.wait_for(lambda: state.lists.get(name))
        return state.lists[name].pop(0)

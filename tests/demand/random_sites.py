# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random small sites, and random batches of events about a few nodes, from a seed.

Names are few, so that what is asked for is often there and often forbidden by something, and so
that entries and events often ask for the same.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from tests.demand.site import NOON, Json, node

TREES, BRANCHES = ("t1", "t2"), ("m", "n")
COMBINATIONS = tuple(f"{tree}:{branch}" for tree in TREES for branch in BRANCHES)
JOBS, PLATFORMS = ("j1", "j2", "j3"), ("p1", "p2", "lava", "kubernetes")
RUNTIMES = {"lab-1": "lava", "lab-2": "lava", "k1": "kubernetes", "sh": "shell"}
PEOPLE = ("service:pipeline", "someone")
FREQUENCIES = ("1h", "30m", "1d2h", "0m", "1m", "2h5m")

# What the nodes' own data may say: one value, several, null, or nothing of that key.
DETAILS: dict[str, tuple[str, ...]] = {
    "arch": ("arm64", "x86_64"),
    "defconfig": ("defconfig", "allmodconfig"),
    "compiler": ("gcc-14", "clang-21"),
    "kernel_type": ("image", "modules"),
    "config_full": ("full",),
    "fragments": ("f1", "f2", "f3"),
    "flavour": ("sweet", "sour"),
}
# What rules speak of besides.
KEYS = DETAILS | {
    "runtime": tuple(RUNTIMES),
    "platform": PLATFORMS,
    "name": (*JOBS, "checkout"),
    "path": (*JOBS, "checkout"),
    "group": JOBS,
    "kind": ("kbuild", "job", "checkout"),
    "submitter": PEOPLE,
    "result": ("pass", "fail"),
    "nothing": ("anything",),
}
CONDITIONS: tuple[Json, ...] = (
    {"kind": "kbuild"},
    {"kind": "checkout"},
    {"name": "j1"},
    {"state": "available"},
    {"state": "done"},
    {"state": "available", "result": "pass"},
    {"result": None},
    {"op": "created"},
    {"retry_counter": 1},
)


def random_case(seed: int, entries: int, events: int) -> tuple[Json, list[Json], list[Json]]:
    """Return a configuration, nodes and a batch of events about them."""
    draw = Random(seed)
    config = {
        "jobs": {name: _job(draw) for name in JOBS},
        "platforms": {name: {"rules": _rules(draw, 0.2)} for name in PLATFORMS},
        "runtimes": {
            name: {"lab_type": of, "context": "c", "rules": _rules(draw, 0.3)}
            for name, of in RUNTIMES.items()
        },
        "scheduler": [_entry(draw) for _ in range(entries)],
    }
    nodes = _nodes(draw)
    items = {_content(item): item for item in (_event(draw, nodes) for _ in range(events))}
    return config, nodes, sorted(items.values(), key=lambda item: str(item["timestamp"]))


def _some(draw: Random, values: Sequence[str], least: int = 0) -> list[str]:
    return draw.sample(values, draw.randint(least, min(3, len(values))))


def _rules(draw: Random, likely: float) -> Json | None:
    if draw.random() > likely:
        return None
    return dict(_rule(draw) for _ in range(draw.randint(1, 2)))


def _rule(draw: Random) -> tuple[str, Any]:
    kind = draw.random()
    if kind < 0.1:
        return draw.choice(("min_version", "max_version")), _version(draw)
    if kind < 0.4:
        key = draw.choice(("tree", "branch"))
        values: Sequence[str] = (*(TREES if key == "tree" else BRANCHES), *COMBINATIONS)
    else:
        key = draw.choice(list(KEYS))
        values = KEYS[key]
    signed = [value if draw.random() < 0.6 else f"!{value}" for value in (*values, "nowhere")]
    return key, _some(draw, signed, least=1)


def _version(draw: Random) -> Json:
    return {"version": draw.randint(5, 7), "patchlevel": draw.randint(0, 2)}


def _job(draw: Random) -> Json:
    params = {}
    if draw.random() < 0.5:
        params["arch"] = draw.choice(DETAILS["arch"])
    if draw.random() < 0.3:
        params["frequency"] = draw.choice(FREQUENCIES)
    kind = draw.choice(("job", "job", "job", "kbuild", "kbuild", "process"))
    return {"kind": kind, "params": params, "rules": _rules(draw, 0.3)}


def _entry(draw: Random) -> Json:
    event = {"channel": draw.choices(("node", "retry", "other"), (10, 1, 1))[0]}
    for condition in draw.sample(CONDITIONS, draw.choice((0, 1, 1, 2))):
        event |= condition
    runtime = {"name": draw.choice((*RUNTIMES, "lab-1", "unknown"))}
    if draw.random() < 0.3:
        runtime = {"type": draw.choice(("lava", "lava", "kubernetes", "docker"))}
    job = draw.choice((*JOBS, *JOBS, "unknown"))
    entry: Json = {"job": job, "event": event, "runtime": runtime, "rules": _rules(draw, 0.3)}
    if draw.random() < 0.7:
        entry["platforms"] = _some(draw, (*PLATFORMS, "unknown"), least=1)
    return entry


def _filters(draw: Random) -> Json:
    filters: Json = {}
    if draw.random() < 0.25:
        listed = _some(draw, (*JOBS, "j1+", "j2+", "checkout+"))
        filters["jobfilter"] = draw.choice((None, "j1", listed, listed, listed))
    if draw.random() < 0.25:
        listed = _some(draw, PLATFORMS)
        filters["platform_filter"] = draw.choice((None, "p1", listed, listed, listed))
    return filters


def _details(draw: Random, likely: float) -> Json:
    data: Json = {}
    for key in draw.sample(list(DETAILS), len(DETAILS)):
        if draw.random() < likely:
            one = draw.choice(DETAILS[key])
            data[key] = draw.choice((one, one, None, _some(draw, DETAILS[key])))
    return data


def _nodes(draw: Random) -> list[Json]:
    """Return two checkouts, builds below them, and a job below a build."""
    revisions = [
        {
            "tree": draw.choice(TREES),
            "branch": draw.choice(BRANCHES),
            "commit": f"commit-{number}",
            "version": _version(draw),
        }
        for number in range(2)
    ]
    nodes: list[Json] = []
    for number, parent in enumerate((None, None, 0, 0, 1, 2)):
        above = None if parent is None else nodes[parent]
        revision = revisions[number] if above is None else above["data"]["kernel_revision"]
        data = {"kernel_revision": revision} | _details(draw, 0.5)
        if draw.random() < 0.3:
            misc = {"misc": _details(draw, 0.3)}
            data = misc | data if draw.random() < 0.5 else data | misc
        if draw.random() < 0.5:
            data["architecture_filter"] = _some(draw, DETAILS["arch"])
        if above is not None:
            data |= {"runtime": draw.choice(list(RUNTIMES)), "platform": draw.choice(PLATFORMS)}
        changes = {
            "id": f"n{number}",
            "name": "checkout" if above is None else draw.choice(JOBS),
            "data": data,
            "submitter": draw.choice(PEOPLE),
            "created": (NOON - timedelta(minutes=draw.randint(0, 200))).isoformat(),
        }
        kind = ("checkout", "kbuild", "job")[0 if above is None else len(above["path"])]
        nodes.append(node(kind, above, **changes, **_filters(draw)))
    return nodes


def _event(draw: Random, nodes: Sequence[Json]) -> Json:
    about = draw.choice(nodes)
    keys = ("id", "kind", "name", "path", "group", "owner", "data")
    states, results = ("available", "available", "done"), (None, "pass", "fail")
    said = {key: about[key] for key in keys}
    said |= {"state": draw.choice(states), "result": draw.choice(results)} | _filters(draw)
    channel = draw.choice(("node", "node", "node", "retry"))
    if channel == "retry":
        said["retry_counter"] = draw.randint(1, 2)
    else:
        said["op"] = draw.choice(("created", "updated"))
    if said.get("op") == "updated" and draw.random() < 0.7:
        said |= {"previous_state": draw.choice(("running", *states))}
        said |= {"previous_result": draw.choice(results)}
    at = NOON + timedelta(minutes=draw.randint(0, 90))
    return {"timestamp": at.isoformat(), "channel": channel, "data": said, "id": "e"}


def _content(item: Json) -> str:
    """Return what tells an event from one that is delivered again."""
    return json.dumps([item["channel"], item["data"]], sort_keys=True)

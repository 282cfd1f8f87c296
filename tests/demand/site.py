# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small site, the nodes of one kernel, and what the site makes of events about them."""

import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import Catalog, Demand, Request
from planner.config import load_catalog
from planner.demand import expand
from planner.events import NodeFile, read_nodes
from tests.events.lines import read

Json = dict[str, Any]

REVISION: Json = {
    "tree": "mainline",
    "url": "https://git.example/linux.git",
    "branch": "master",
    "commit": "f948757648c6",
    "describe": "v6.6-rc1",
    "version": {"version": 6, "patchlevel": 6, "extra": "-rc1"},
}

# One job, one lab, one board: every change to it can only add a "no".
ENTRY: Json = {
    "job": "boot",
    "event": {"channel": "node", "kind": "kbuild", "state": "available"},
    "runtime": {"name": "lab"},
    "platforms": ["rock"],
}
SECTIONS: Json = {
    "jobs": {"boot": {"kind": "job"}, "build": {"kind": "kbuild", "params": {"arch": "arm64"}}},
    "platforms": {"rock": {"arch": "arm64"}, "pi": {"arch": "arm64"}, "kubernetes": {}},
    "runtimes": {
        "lab": {"lab_type": "lava"},
        "cloud": {"lab_type": "kubernetes", "context": "c1"},
    },
    "scheduler": [ENTRY],
}


def site(folder: Path, **sections: Any) -> Catalog:
    """Return the catalog of a site whose YAML is SECTIONS, with these sections in their place."""
    path = folder / "site.yaml"
    path.write_text(json.dumps(SECTIONS | sections, indent=1))
    return load_catalog(path)


def entry(**changes: Any) -> Json:
    """Return ENTRY with these keys in place of its own; None takes a key away."""
    return {key: value for key, value in (ENTRY | changes).items() if value is not None}


def node(kind: str, parent: Json | None = None, /, **changes: Any) -> Json:
    """Return a node as the API does, named like its kind; `data` adds to that of a revision."""
    name = changes.get("name", kind)
    data = {"kernel_revision": REVISION} | changes.pop("data", {})
    return {
        "id": f"{name}-1",
        "kind": kind,
        "name": name,
        "path": [*(parent["path"] if parent else []), name],
        "group": name if parent else None,
        "parent": parent["id"] if parent else None,
        "state": "available",
        "result": None,
        "artifacts": {"tarball": "https://files.example/linux.tar.gz"},
        "data": data,
        "debug": {},
        "jobfilter": None,
        "platform_filter": [],
        "created": "2026-11-24T04:00:00.000000",
        "owner": "admin",
        "submitter": "service:pipeline",
        "treeid": "d84b0f1c",
        "retry_counter": 0,
    } | changes


CHECKOUT = node("checkout")
BUILD = node(
    "kbuild",
    CHECKOUT,
    data={
        "arch": "arm64",
        "defconfig": "defconfig",
        "compiler": "gcc-14",
        "platform": "kubernetes",
    },
)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def event(about: Json = BUILD, *, channel: str = "node", at: datetime = NOON, **data: Any) -> Json:
    """Return the item of `/events` that tells of a node; `data` changes its dictionary."""
    kept = ("id", "kind", "name", "path", "group", "state", "result", "owner", "data")
    said = {"op": "created"} | {key: about[key] for key in kept} | {"is_hierarchy": False} | data
    return {"timestamp": at.isoformat(), "channel": channel, "data": said, "id": "e"}


def retry(about: Json = BUILD, counter: int = 1, **data: Any) -> Json:
    """Return the event that asks for a retry below a node, as the retry service sends it."""
    item = event(about, channel="retry", retry_counter=counter, **data)
    del item["data"]["op"]
    return item


def lookup(nodes: Iterable[Json]) -> NodeFile:
    """Return where these nodes are looked up."""
    return read_nodes(io.StringIO("\n".join(map(json.dumps, nodes))))


def demand(
    catalog: Catalog,
    *items: Json,
    nodes: Iterable[Json] | None = (CHECKOUT, BUILD),
    now: datetime | None = None,
) -> Demand:
    """Return what the site makes of a batch of events; no node is known if `nodes` is None."""
    batch = read(*items)
    assert batch.errors == ()
    found = None if nodes is None else lookup(nodes)
    return expand(catalog, batch, nodes=found, now=now)


def places(made: Demand) -> list[str]:
    """Return each place that is a candidate, as "job@runtime/platform", sorted."""
    return sorted(
        f"{request.job}@{place.runtime}/{place.platform}"
        for request in made.requests
        for place in request.candidates
    )


def only(made: Demand) -> Request:
    """Return the one request that was made."""
    [request] = made.requests
    return request


def verdict(made: Demand) -> str:
    """Return "yes" if the one place of the one request is a candidate, else the code of the no."""
    request = only(made)
    if request.candidates:
        assert len(request.candidates) == 1
        assert request.rejections == ()
        return "yes"
    [rejection] = request.rejections
    return rejection.reason.code.value


def allowed(site: Callable[..., Catalog], rules: Any, **data: Any) -> bool:
    """Tell whether an entry with these rules takes a build whose data says this."""
    build = node("kbuild", CHECKOUT, data=data)
    made = demand(site(scheduler=[entry(rules=rules)]), event(build), nodes=(CHECKOUT, build))
    answer = verdict(made)
    assert answer in ("yes", "entry_rule")
    return answer == "yes"

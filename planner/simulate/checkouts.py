# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checkouts: when which tree has something new to test."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import BuildConfig, Catalog, Event, Node, PlannerError
from planner.simulate.fleet import HOUR
from planner.simulate.streams import stream

_VERSION = re.compile(r"(\d+)\.(\d+)")
NEWEST = (6, 16)  # of a branch whose name tells no version

# How much happens in each hour of the day (UTC): people push when they work.
DAY = (3, 2, 2, 2, 3, 4, 6, 8, 9, 9, 8, 8, 9, 10, 11, 11, 10, 9, 8, 7, 6, 5, 5, 4)


@dataclass(frozen=True)
class Checkout:
    """A revision that KernelCI picks up `at` so many seconds after the beginning."""

    at: float
    config: BuildConfig
    commit: str

    @property
    def id(self) -> str:
        """Return the id of its node."""
        return node_id("checkout", self.config.tree, self.config.branch, self.commit)

    def node(self, now: datetime) -> Node:
        """Return its node as KernelCI's API would tell of it."""
        version = version_of(self.config.branch)
        return {
            "id": self.id,
            "kind": "checkout",
            "name": "checkout",
            "path": ["checkout"],
            "group": None,
            "parent": None,
            "state": "available",
            "result": None,
            "artifacts": {"tarball": f"https://files.sim.example/{self.commit}.tar.gz"},
            "data": {
                "kernel_revision": {
                    "tree": self.config.tree,
                    "branch": self.config.branch,
                    "url": f"https://git.sim.example/{self.config.tree}.git",
                    "commit": self.commit,
                    "describe": f"v{version[0]}.{version[1]}-{self.commit[:12]}",
                    "version": {"version": version[0], "patchlevel": version[1]},
                    "commit_tags": [],
                    "commit_message": "a change",
                    "tip_of_branch": True,
                },
                "architecture_filter": list(self.config.architectures) or None,
            },
            "created": stamp(now),
            "updated": stamp(now),
            "owner": "pipeline",
            "submitter": "service:pipeline",
            "treeid": self.id,
            "retry_counter": 0,
        }


def draw_checkouts(
    catalog: Catalog,
    seed: int,
    count: int,
    hours: float,
    *,
    profile: Sequence[float] = DAY,
    name: str = "checkouts",
) -> tuple[Checkout, ...]:
    """Return `count` checkouts in `hours`, in their order.

    Trees differ in how often they are pushed to, by a factor that has a heavy tail; `profile` is
    the weight of each hour of the day. Drawings of another `name` have nothing in common.
    """
    configs = [catalog.build_configs[name] for name in sorted(catalog.build_configs)]
    weights = [float(stream(seed, "tree", c.name).lognormal(0.0, 0.7)) for c in configs]
    total = sum(weights)
    draw = stream(seed, name)
    slots = [profile[int(hour) % len(profile)] for hour in range(max(1, round(hours)))]
    width = hours * HOUR / len(slots)
    found = []
    for number in range(count):
        slot = int(draw.choice(len(slots), p=[weight / sum(slots) for weight in slots]))
        at = float(round((slot + draw.random()) * width))
        config = configs[int(draw.choice(len(configs), p=[w / total for w in weights]))]
        found.append((at, number, config))
    return tuple(
        Checkout(at, config, _commit(seed, name, number))
        for at, number, config in sorted(found, key=lambda one: one[:2])
    )


def with_branches(catalog: Catalog, least: int) -> Catalog:
    """Return the catalog with so many branches at least: copies of those that it has.

    A site that tests few branches often has what waits superseded again and again; KernelCI tests
    many, each a few times a day.

    Raises:
        PlannerError: if the configuration has no build configs, which name trees and branches.
    """
    known = [catalog.build_configs[name] for name in sorted(catalog.build_configs)]
    if not known:
        raise PlannerError("a workload needs `build_configs`: they say which trees there are")
    more = {}
    for number in range(least - len(known)):
        config = known[number % len(known)]
        suffix = f"-topic-{number // len(known) + 1}"
        names = {"name": config.name + suffix, "branch": config.branch + suffix}
        more[names["name"]] = config.model_copy(update=names)
    return catalog.model_copy(update={"build_configs": {**catalog.build_configs, **more}})


def _commit(seed: int, name: str, number: int) -> str:
    text = f"{seed}/{name}/{number}"
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def version_of(branch: str) -> tuple[int, int]:
    """Return version and patchlevel as a branch's name tells them, or else the newest."""
    found = _VERSION.search(branch)
    return (int(found[1]), int(found[2])) if found else NEWEST


def node_id(*parts: str) -> str:
    """Return an id in the shape of KernelCI's, the same for the same parts."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def stamp(moment: datetime) -> str:
    """Return a time as KernelCI writes it: UTC without saying so."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")


def event_of(node: Node, now: datetime, channel: str = "node", **also: Any) -> dict[str, Any]:
    """Return the event that tells of a node."""
    told = {key: value for key, value in node.items() if key not in _UNTOLD}
    return {
        "id": None,
        "timestamp": stamp(now),
        "channel": channel,
        "owner": "pipeline",
        "data": {"op": "updated", **told, "is_hierarchy": False, **also},
    }


def raw(event: Event, now: datetime) -> dict[str, Any]:
    """Return an event as KernelCI's API would give it at the time `now`."""
    said = {"id": event.id, "timestamp": stamp(now), "channel": event.channel}
    return {**said, "data": event.data}


# Events carry no more of a node; who wants the rest fetches it.
_UNTOLD = ("artifacts", "created", "updated", "submitter", "treeid", "parent", "retry_counter")

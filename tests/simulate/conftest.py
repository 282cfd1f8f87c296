# SPDX-License-Identifier: LGPL-2.1-or-later
"""The site that ships, and a world for labs by themselves."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import simpy

from models import Catalog, Dispatch, Job, Order, Platform, Where
from planner.config import load_catalog
from planner.simulate.labs import Item, World
from planner.simulate.service import Service

CONFIG = Path(__file__).parents[2] / "config"
START = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def site() -> Catalog:
    """Return the catalog of the site that ships."""
    return load_catalog(CONFIG)


MakeWorld = Callable[[int], World]


def world_of(site: Catalog, seed: int) -> World:
    """Return a world without anybody who listens."""
    return World(simpy.Environment(), START, seed, Service(site, seed), lambda *_: None)


@pytest.fixture
def make_world(site: Catalog) -> MakeWorld:
    """Return what makes a world of the site that ships."""
    return partial(world_of, site)


def dispatch(run: str, *, device_type: str = "rock", priority: int = 50, **order: Any) -> Dispatch:
    """Return a run on its way to a lab."""
    where = Where(file="site.yaml", line=1)
    fields: dict[str, Any] = {
        "run": run,
        "request": run,
        "job": "boot",
        "kind": "job",
        "index": 0,
        "retry": 0,
        "parent": "node",
        "runtime": "lava-north",
        "platform": "rk3399-rock-pi-4b",
        "device_type": device_type,
        "priority": priority,
        "plan": "plan",
        "node": {"data": {}},
        "intended": START,
    }
    return Dispatch(
        order=Order(**{**fields, **order}),
        job=Job(name="boot", where=where),
        platform=Platform(name="rk3399-rock-pi-4b", where=where),
        node={},
    )


def item(name: str, *, seconds: float = 60, arrived: float = 0, **more: Any) -> Item:
    """Return a job for a lab's queue."""
    return Item(
        name=name,
        device_type=more.pop("device_type", "rock"),
        priority=more.pop("priority", 50),
        seconds=seconds,
        spoiled=more.pop("spoiled", False),
        arrived=arrived,
        **more,
    )

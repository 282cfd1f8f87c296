# SPDX-License-Identifier: LGPL-2.1-or-later
"""Three real checkouts, told by an API while the planner listens: all that they ask for comes."""

import json
import lzma
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from models import Batch, Catalog, Cursor, Demand, Request
from planner.config import load_catalog
from planner.demand import expand
from planner.events import read_events, read_nodes
from planner.events.batch import gather
from planner.events.polling import Polling
from planner.events.subscription import NET, Subscription
from planner.kernelci import Api, CycleNodes
from tests.kernelci.double import ADMIN, Double, Fault, Json

WRITERS = 6
Triple = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def catalog(shared: Path) -> Catalog:
    """Return a real configuration."""
    return load_catalog(shared / "kernelci" / "config")


@pytest.fixture(scope="module")
def items(shared: Path) -> list[Json]:
    """Return the events of three checkouts as `/events` has them."""
    with lzma.open(shared / "kernelci" / "events.jsonl.xz") as file:
        return [json.loads(line) for line in file]


@pytest.fixture
def double(shared: Path) -> Iterator[Double]:
    """Give an API that has the nodes of these events."""
    with Double() as double:
        for node in read_nodes(shared / "kernelci" / "nodes.jsonl.xz").nodes.values():
            double.state.nodes[node["id"]] = node
        yield double


def triples(requests: tuple[Request, ...]) -> list[Triple]:
    """Return what requests ask for, as the reference writes it down."""
    return sorted((r.parent, r.job, p.runtime, p.platform) for r in requests for p in r.candidates)


def tell(double: Double, items: list[Json], seed: int) -> Callable[[], bool]:
    """Have several writers tell of the events, late and out of order; return whether they go on.

    Now and then one tells of something twice.
    """
    pool = ThreadPoolExecutor(WRITERS)

    def write(writer: int) -> None:
        dice = random.Random(seed + writer)
        for number, item in enumerate(items[writer::WRITERS]):
            late = dice.uniform(0.001, 0.02) if number % 50 == 0 else 0.0
            for _ in range(1 + (dice.random() < 0.02)):
                double.publish(item["data"], item["channel"], late)

    writing = [pool.submit(write, writer) for writer in range(WRITERS)]
    pool.shutdown(wait=False)
    return lambda: not all(one.done() for one in writing)


def wanted(catalog: Catalog, api: Api, batch: Batch, seen: set[str]) -> Demand:
    """Return what a cycle makes of the events of a batch that it has not seen yet."""
    fresh = tuple(event for event in batch.events if event.fingerprint not in seen)
    seen |= {event.fingerprint for event in fresh}
    return expand(catalog, Batch(events=fresh), nodes=CycleNodes(api), now=datetime.now(UTC))


def test_by_polling(catalog: Catalog, items: list[Json], double: Double, shared: Path) -> None:
    """All 6,989 events, read while writers are at work and reads fail, ask for the 1,364 nodes."""
    lines = (shared / "kernelci" / "expected" / "demand.jsonl").read_text().splitlines()
    expected = [json.loads(line) for line in lines]
    keys = ("parent", "job", "runtime", "platform")
    requests: dict[str, Request] = {}
    seen: set[str] = set()
    cursor: Cursor | None = None
    busy = tell(double, items, seed=1)
    with Api(double.url) as api:
        for last in _until(busy):
            double.faults += () if last else [Fault("cut", path="/events"), Fault("error")]
            position = cursor.position if cursor else None
            polling = Polling(api, timedelta(hours=1), time.monotonic)
            batch = polling.collect(position, datetime.now(UTC))
            cursor = batch.cursor
            demand = wanted(catalog, api, batch, seen)
            assert demand.errors == ()
            requests |= {r.key: r for r in demand.requests if r.key not in requests}
    assert len(seen) == len(read_events(shared / "kernelci" / "events.jsonl.xz").events)
    assert triples(tuple(requests.values())) == sorted(tuple(t[k] for k in keys) for t in expected)
    assert len(expected) == 1364


def test_by_pubsub(catalog: Catalog, items: list[Json], double: Double) -> None:
    """What asks for anything, and a thousand others, come while listens break and the API dies."""
    telling = [item for item in items if item["data"]["kind"] in ("checkout", "kbuild")]
    told = telling + [item for item in items if item not in telling][:1000]
    every = {event.fingerprint for event in gather((None, item) for item in told).events}
    seen: set[str] = set()
    position = netted = None
    now = datetime.now(UTC)
    with Api(double.url, SecretStr(ADMIN)) as api:
        polling = Polling(api, timedelta(hours=1), time.monotonic)
        source = Subscription(api, polling, "planner", time.monotonic, quiet=0.15)
        source.collect(None, now, None)
        busy = tell(double, told, seed=2)
        for rounds, last in enumerate(_until(busy)):
            if rounds == 1:
                double.restart()
            double.faults += () if last else [Fault("lost", path="/listen")]
            batch = source.collect(position, now + NET if last else now, netted)
            netted = now
            position = batch.cursor.position if batch.cursor else position
            assert wanted(catalog, api, batch, seen).errors == ()
    assert seen == every


def test_each_parent_is_read_once(catalog: Catalog, items: list[Json], double: Double) -> None:
    """One cycle over all of it reads each parent and each ancestor once, in few requests."""
    double.state.events += items
    moment = datetime(2026, 11, 24, 5, tzinfo=UTC)
    with Api(double.url) as api:
        batch = Polling(api, timedelta(hours=1), time.monotonic).collect(None, moment)
        double.requests.clear()
        demand = expand(catalog, batch, nodes=CycleNodes(api), now=moment)
    node_of = {item["id"]: item["data"]["id"] for item in items}
    reads: list[str] = []
    for request in double.requests:
        reads += [node_of[event] for event in request.query.get("ids", "").split(",") if event]
        reads += [request.path.removeprefix("/node/")] if "/node/" in request.path else []
    assert {request.parent for request in demand.requests} <= demand.parents.keys()
    assert len(triples(demand.requests)) == 1364
    assert demand.parents.keys() <= set(reads)
    assert len(reads) == len(set(reads))
    assert sum(request.path != "/nodes" for request in double.requests) <= 5


def _until(busy: Callable[[], bool]) -> Iterator[bool]:
    """Yield False as long as `busy`, and True one last time."""
    while busy():
        yield False
        time.sleep(0.2)
    yield True

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events by pub/sub: what it loses, hands out twice or keeps back comes once all the same."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from models import Batch
from planner.events.polling import Polling
from planner.events.subscription import MISSED_AT_MOST, NET, Subscription
from planner.kernelci import Api, RefusedError, UnreachableError
from tests.events.lines import data
from tests.kernelci.double import ADMIN, BOB, Double, Fault

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
QUIET = 0.15  # more than an answer takes, also where many tests run at once


class Listener:
    """A planner that takes events by pub/sub, and is started anew when a test says so."""

    def __init__(self, double: Double, token: str = ADMIN, **settings: Any) -> None:
        self.double = double
        self.api = Api(double.url, SecretStr(token))
        polling = Polling(self.api, HOUR, time.monotonic)
        known: dict[str, Any] = {"subscriber": "planner", "timer": time.monotonic, "quiet": QUIET}
        self.source = Subscription(self.api, polling, **(known | settings))
        self.position: datetime | None = None
        self.netted: datetime | None = None
        self.seen: dict[str, str] = {}

    def collect(self, now: datetime = NOW) -> Batch:
        """Return a batch, and remember it as recorded."""
        netted, self.netted = self.netted, None
        batch = self.source.collect(self.position, now, netted)
        self.netted = netted if batch.cursor is None else now
        self.position = batch.cursor.position if batch.cursor else self.position
        self.seen |= {event.fingerprint: event.data["id"] for event in batch.events}
        return batch

    @property
    def readings(self) -> int:
        """How often the history was read."""
        return self.double.count("GET", "/events")


def names(batch: Batch) -> list[str]:
    """Return which nodes a batch tells of."""
    return [event.data["id"] for event in batch.events]


@pytest.fixture
def double() -> Iterator[Double]:
    """Give an API that knows nothing yet."""
    with Double() as double:
        yield double


@pytest.fixture
def listener(double: Double) -> Iterator[Listener]:
    """Give a planner that has subscribed, and has heard nothing yet."""
    listener = Listener(double)
    listener.collect()
    yield listener
    listener.api.__exit__()


def test_what_happened_meanwhile_is_kept(double: Double, listener: Listener) -> None:
    """Events of both channels that came while nobody listened come in their order."""
    for number in range(3):
        double.publish(data(number))
    double.publish(data(3), channel="retry")
    batch = listener.collect()
    assert names(batch) == ["node-0", "node-1", "node-2", "node-3"]
    assert [event.channel for event in batch.events] == ["node"] * 3 + ["retry"]
    assert listener.readings == 1
    assert names(listener.collect()) == []


def test_everybodys_events(double: Double, listener: Listener) -> None:
    """What other users did is told as well as what we did."""
    bob = Api(double.url, SecretStr(BOB))
    made = bob.create_node({"kind": "job", "name": "x", "path": ["x"]})
    assert names(listener.collect()) == [made["id"]]


def test_keepalives_are_no_events(double: Double, listener: Listener) -> None:
    """The API's BEEPs are counted, and end nothing."""
    listener.double.pubsub.beep = 0.01
    double.publish(data(1))
    batch = Listener(double, longest=0.1).collect()
    assert batch.keepalives > 2
    assert names(batch) == ["node-1"]


@pytest.mark.parametrize("missed", [MISSED_AT_MOST - 2, MISSED_AT_MOST, MISSED_AT_MOST + 10])
def test_more_than_one_subscription_gives(double: Double, listener: Listener, missed: int) -> None:
    """A thousand events are all that a subscription catches up with; the others come too."""
    for number in range(missed):
        double.publish(data(number))
    subscribed = double.count("POST", "/subscribe/node")
    batch = listener.collect()
    assert names(batch) == [f"node-{number}" for number in range(missed)]
    renewed = double.count("POST", "/subscribe/node") - subscribed
    assert renewed == (1 if missed < MISSED_AT_MOST else 2)


@pytest.mark.parametrize("kind", ["cut", "lost", "error", "late error"])
def test_a_broken_listen(double: Double, listener: Listener, kind: Any) -> None:
    """An event that was handed to a broken connection is handed out again."""
    for number in range(4):
        double.publish(data(number))
    double.faults.append(Fault(kind, "GET", "/listen"))
    assert sorted(names(listener.collect())) == [f"node-{number}" for number in range(4)]
    assert listener.readings == 2


def test_an_event_for_nobody(double: Double, listener: Listener) -> None:
    """What comes just after we gave up listening is swallowed, and comes the next time."""
    listener.api.subscribe("node", "planner-node")
    assert listener.api.listen(listener.double.pubsub.number, QUIET) is not None  # a keep-alive
    assert listener.api.listen(listener.double.pubsub.number, QUIET) is None
    double.publish(data(1))
    time.sleep(QUIET)
    assert names(listener.collect()) == ["node-1"]


def test_the_api_is_started_anew(double: Double, listener: Listener) -> None:
    """Subscriptions are gone then; what the subscriber has not acknowledged is not."""
    double.publish(data(1))
    with ThreadPoolExecutor(1) as pool:
        listener = Listener(double, quiet=0.5)
        listener.position = NOW - HOUR
        collecting = pool.submit(listener.collect)
        time.sleep(0.1)
        double.restart()
        double.publish(data(2))
        assert set(names(collecting.result())) == {"node-1", "node-2"}


def test_an_event_that_is_stored_behind_another(double: Double, listener: Listener) -> None:
    """One with a number that is acknowledged already is read from the history in time."""
    number = double.state.next_sequence()
    double.publish(data(2))
    listener.collect()
    late = double.publish(data(1))
    late["sequence_id"] = number
    assert names(listener.collect()) == []
    assert "node-1" in names(listener.collect(NOW + NET))


def test_the_numbers_begin_anew(double: Double, listener: Listener) -> None:
    """Events whose numbers are too small for the subscriber come from the history."""
    for number in range(3):
        double.publish(data(number))
    listener.collect()
    double.state.sequence = 0
    double.publish(data(9))
    listener.collect()
    listener.collect(NOW + NET)
    assert "node-9" in listener.seen.values()


def test_acknowledged_and_never_recorded(double: Double, listener: Listener) -> None:
    """A planner that died between the two reads the history when it is started again."""
    double.publish(data(1))
    double.publish(data(2))
    listener.collect()
    after = Listener(double)
    after.position = listener.position
    assert set(names(after.collect())) == {"node-1", "node-2"}
    assert after.readings == 2


def test_there_is_always_more(double: Double, listener: Listener) -> None:
    """A stream that never ends does not keep the cycle from going on; the rest comes later."""
    for number in range(30):
        double.publish(data(number))
    ticks = iter(range(10_000))
    hasty = Listener(double, timer=lambda: float(next(ticks)), longest=8.5)
    hasty.position, hasty.netted = NOW, NOW
    for _ in range(9):
        hasty.collect()
    assert {f"node-{number}" for number in range(30)} <= set(hasty.seen.values())


def test_an_api_that_keeps_breaking(double: Double, listener: Listener) -> None:
    """It is left alone after some attempts; what it handed out is read from the history."""
    double.publish(data(1))
    double.faults += [Fault("cut", "GET", "/listen")] * 9
    with pytest.raises(UnreachableError, match="broke 4 times"):
        listener.collect()
    double.faults.clear()
    assert listener.netted is None
    assert names(listener.collect()) == ["node-1"]


def test_somebody_elses_subscriber(double: Double, listener: Listener) -> None:
    """A name that another user has taken cannot be listened to, and neither without a token."""
    with pytest.raises(UnreachableError, match="500"):
        Listener(double, BOB).collect()
    with pytest.raises(RefusedError, match="401"):
        Listener(double, "nobody").collect()


def test_writers_at_the_same_time() -> None:
    """Events that are stored late, while listens break and the API restarts, are all heard."""
    writers, each = 8, 40
    dice = random.Random(8)
    delays = [[dice.choice((0.0, 0.0, 0.005, 0.02)) for _ in range(each)] for _ in range(writers)]
    breaks = (Fault("lost", "GET", "/listen"), Fault("cut", "GET", "/listen"))

    def write(double: Double, writer: int) -> None:
        for number, late in enumerate(delays[writer]):
            double.publish(data(writer * each + number), late=late)

    with Double() as double, ThreadPoolExecutor(writers) as pool:
        listener, rounds = Listener(double), 0
        listener.collect()
        writing = [pool.submit(write, double, writer) for writer in range(writers)]
        while not all(one.done() for one in writing):
            rounds += 1
            double.faults += breaks if rounds % 2 else ()
            if rounds == 3:
                double.restart()
            listener.collect()
        double.faults.clear()
        listener.collect()
        listener.collect(NOW + NET)
        stored = {event["data"]["id"] for event in double.state.events}
    assert len(stored) == writers * each
    assert set(listener.seen.values()) == stored

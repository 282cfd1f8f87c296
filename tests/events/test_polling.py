# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events by polling: whatever order they are stored in, none is missed and none comes twice."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Batch, Cursor
from planner.events.polling import KEPT, OVERLAP, Polling
from planner.kernelci import Api, UnreachableError
from planner.ledger import Ledger
from tests.events.lines import data
from tests.kernelci.double import Double, Fault

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def double() -> Iterator[Double]:
    """Give an API whose clock stands at NOW."""
    with Double(clock=lambda: NOW.replace(tzinfo=None)) as double:
        yield double


@pytest.fixture
def polling(double: Double) -> Iterator[Polling]:
    """Give a source that begins six hours ago and reads in no time."""
    with Api(double.url) as api:
        yield Polling(api, 6 * HOUR, lambda: 0.0)


def at(double: Double, moment: datetime, number: int, **told: Any) -> None:
    """Have the API record an event at a time."""
    double.clock = lambda: moment.replace(tzinfo=None)
    double.publish(data(number), **told)


def names(batch: Batch) -> list[str]:
    """Return which nodes a batch tells of."""
    return [event.data["id"] for event in batch.events]


def test_the_first_reading_looks_back(double: Double, polling: Polling) -> None:
    """A source that was never read begins as far back as it is told, and no further."""
    at(double, NOW - 7 * HOUR, 1)
    at(double, NOW - 5 * HOUR, 2)
    batch = polling.collect(None, NOW)
    assert names(batch) == ["node-2"]
    assert batch.cursor == Cursor(source=double.url, position=NOW - 5 * HOUR)


def test_nothing_new(double: Double, polling: Polling) -> None:
    """A reading without events leaves the cursor where it was, and has one from the first."""
    first = polling.collect(None, NOW)
    assert first == Batch(cursor=Cursor(source=double.url, position=NOW - 6 * HOUR))
    assert polling.collect(NOW - HOUR, NOW).cursor == Cursor(source=double.url, position=NOW - HOUR)


def test_both_channels_and_no_others(double: Double, polling: Polling) -> None:
    """Events of `node` and `retry` are ours; others are neither events nor errors."""
    for number, channel in enumerate(("node", "retry", "test", "callback")):
        at(double, NOW - HOUR, number, channel=channel)
    double.publish({"anything": 1}, "test")
    batch = polling.collect(None, NOW)
    assert [event.channel for event in batch.events] == ["node", "retry"]
    assert batch.errors == ()


def test_events_come_in_the_order_of_their_times(double: Double, polling: Polling) -> None:
    """The API gives them as they were stored; what happened first comes first."""
    numbers = list(range(50))
    random.Random(5).shuffle(numbers)
    for number in numbers:
        at(double, NOW - HOUR + timedelta(seconds=number), number)
    assert names(polling.collect(None, NOW)) == [f"node-{number}" for number in range(50)]


def test_an_event_that_is_stored_late_is_read(double: Double, polling: Polling) -> None:
    """One that appears behind the cursor, within the overlap, is in the next reading."""
    at(double, NOW - HOUR, 1)
    cursor = polling.collect(None, NOW).cursor
    assert cursor is not None
    at(double, NOW - HOUR - OVERLAP + timedelta(milliseconds=1), 2)
    assert names(polling.collect(cursor.position, NOW)) == ["node-2", "node-1"]


def test_events_that_arrive_while_pages_are_read(double: Double) -> None:
    """The cursor stays behind the beginning of a reading that took long."""
    seconds = iter([100.0, 400.0])
    at(double, NOW, 1)
    with Api(double.url) as api:
        batch = Polling(api, HOUR, lambda: next(seconds)).collect(None, NOW)
    assert batch.cursor is not None
    assert batch.cursor.position == NOW - timedelta(seconds=300)


@pytest.mark.parametrize("position", [None, NOW - HOUR, NOW + 9 * HOUR])
def test_a_clock_that_was_wrong_hides_nothing(
    double: Double, polling: Polling, position: datetime | None
) -> None:
    """A time from the future, of an event or a cursor, does not keep the present from coming."""
    at(double, NOW + 3 * HOUR, 1)
    cursor = polling.collect(position, NOW).cursor
    assert cursor is not None
    assert cursor.position <= NOW
    at(double, NOW + timedelta(seconds=1), 2)
    assert "node-2" in names(polling.collect(cursor.position, NOW + HOUR))


def test_an_absence_that_was_too_long_is_told(double: Double, polling: Polling) -> None:
    """Where the API may have forgotten events, the batch says so and goes on with the rest."""
    at(double, NOW - HOUR, 1)
    batch = polling.collect(NOW - KEPT - HOUR, NOW)
    assert names(batch) == ["node-1"]
    [error] = batch.errors
    assert "the API keeps 7 days" in str(error)
    assert polling.collect(NOW - KEPT + HOUR, NOW).errors == ()


def test_what_is_no_event_is_named(double: Double, polling: Polling) -> None:
    """An item without a node is an error with its id; the others are there."""
    odd = double.publish({"op": "created", "kind": "job"})
    double.publish(data(1))
    batch = polling.collect(None, NOW)
    assert names(batch) == ["node-1"]
    assert [error.event for error in batch.errors] == [odd["id"]]


def test_an_api_that_fails_in_mid_stream(double: Double, polling: Polling) -> None:
    """A reading is whole or it is none."""
    for number in range(1001):
        at(double, NOW - HOUR, number)
    double.faults += [Fault("error", path="/events")] * 4
    with pytest.raises(UnreachableError):
        polling.collect(None, NOW)
    assert len(names(polling.collect(None, NOW))) == 1001


def test_writers_at_the_same_time(tmp_path: Any) -> None:
    """What sixteen writers store late and out of order is recorded once, by many processes."""
    writers, each = 16, 25
    dice = random.Random(16)
    delays = [[dice.choice((0.0, 0.0, 0.01, 0.03)) for _ in range(each)] for _ in range(writers)]
    url = f"sqlite:///{tmp_path}/ledger.db"
    recorded: list[str] = []

    def read(double: Double) -> None:
        with Ledger.open(url) as ledger, Api(double.url) as api:
            now = datetime.now(UTC)
            polling = Polling(api, HOUR, time.monotonic)
            batch = polling.collect(ledger.cursor(double.url), now)
            fresh = ledger.unseen(batch.events)
            ledger.record_batch(now, events=fresh, requests=(), nodes={}, cursor=batch.cursor)
            recorded.extend(event.data["id"] for event in fresh)

    def write(double: Double, writer: int) -> None:
        for number, late in enumerate(delays[writer]):
            double.publish(data(writer * each + number), late=late)

    with Double() as double, ThreadPoolExecutor(writers) as pool:
        writing = [pool.submit(write, double, writer) for writer in range(writers)]
        while not all(one.done() for one in writing):
            read(double)
        read(double)
        stored = [event["data"]["id"] for event in double.state.events]
    assert len(stored) == writers * each
    assert sorted(recorded) == sorted(stored)

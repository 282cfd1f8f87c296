# SPDX-License-Identifier: LGPL-2.1-or-later
"""The three shapes of an event, and the keep-alive that is none."""

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.events.lines import data, item, read, reply


def test_an_item_of_events() -> None:
    """An item gives its id, channel, time (UTC) and data, and the line where it stood."""
    [event] = read(item(7, event="x", channel="retry")).events
    assert (event.id, event.channel, event.line) == ("x7", "retry", 1)
    assert event.timestamp == datetime(2026, 11, 24, 4, 22, 7, 285000, UTC)
    assert event.data == data(7)


def test_bare_data() -> None:
    """The event's own dictionary alone is an event of channel node without id or time."""
    [event] = read(data(3)).events
    assert (event.id, event.channel, event.timestamp) == (None, "node", None)
    assert event.data == data(3)


def test_a_listen_reply() -> None:
    """A reply gives the id, time and data of the CloudEvent in its string, and its own channel."""
    [event] = read(reply(data(2), event="c9", channel="retry")).events
    assert (event.id, event.channel, event.data) == ("c9", "retry", data(2))
    assert event.timestamp == datetime(2026, 11, 24, 4, 40, 4, 137561, UTC)


def test_a_time_with_another_zone() -> None:
    """A time that names its zone is the same moment in UTC."""
    line = item() | {"timestamp": "2026-11-24T06:22:45+02:00"}
    assert read(line).events[0].timestamp == datetime(2026, 11, 24, 4, 22, 45, tzinfo=UTC)


def test_shapes_mixed_in_one_file() -> None:
    """Events of all shapes come in the order in which they stand, blank lines between them."""
    batch = read(item(1), "", data(2), "   ", reply(data(3)))
    assert [(event.data["id"], event.line) for event in batch.events] == [
        ("node-1", 1),
        ("node-2", 3),
        ("node-3", 5),
    ]
    assert batch.errors == ()


def test_a_keepalive_is_no_event_and_no_error() -> None:
    """BEEP is counted and changes nothing else."""
    batch = read(item(1), reply("BEEP"), item(2), reply("BEEP", event="other"))
    assert [event.data["id"] for event in batch.events] == ["node-1", "node-2"]
    assert (batch.keepalives, batch.errors, batch.repeated) == (2, (), 0)


def test_an_item_without_a_channel_is_about_nodes() -> None:
    """A sample of the documentation has neither channel nor owner: the channel is node."""
    sample = {"id": "e1", "timestamp": "2025-01-12T08:30:00.000000", "data": data(1)}
    [event] = read(sample).events
    assert (event.id, event.channel) == ("e1", "node")


def test_a_recursive_item_carries_a_node_too() -> None:
    """`/events?recursive=true` adds the node beside the data; the event is the same."""
    plain = read(item(1)).events[0]
    [event] = read(item(1) | {"node": {"id": "node-1", "kind": "kbuild"}}).events
    assert event == plain


def test_what_an_event_says_is_kept() -> None:
    """Texts beyond ASCII, numbers, nulls and nesting come out as they went in."""
    texts = ["Grüße", "世界", "\u2028", "\U0001f427"]
    said = data(1, extra={"texts": texts, "ratio": 0.5, "none": None, "list": [[{}]]})
    for line in (said, item(1) | {"data": said}, reply(said)):
        assert read(line).events[0].data == said


def test_the_recorded_samples(shared: Path) -> None:
    """What the API was seen to send is read; a reply that speaks of no node is an error."""
    nodes = shared / "kernelci" / "nodes"
    for name in ("checkout_available", "kbuild_available", "job_done_incomplete"):
        line = (nodes / f"derived_event_{name}.json").read_text().replace("\n", " ")
        batch = read(line)
        assert [event.data for event in batch.events] == [json.loads(line)]
    for name in ("205-listen", "206-listen"):
        recorded = json.loads((shared / "kernelci" / "api" / f"{name}.json").read_text())
        batch = read(recorded["response"])
        assert (batch.keepalives, len(batch.errors)) == ((1, 0) if "205" in name else (0, 1))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lines that are no events: reported with their numbers, and nothing else is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.events.lines import Json, data, item, read, reply, text

GARBAGE: dict[str, str | bytes] = {
    "no JSON": "not json at all",
    "cut in the middle": text(item(99))[:100],
    "two objects on a line": text(item(98)) + text(item(97)),
    "a list": "[1, 2]",
    "a list of events": json.dumps([item(96)]),
    "a string": '"BEEP"',
    "a number": "12",
    "null": "null",
    "true": "true",
    "not a number": "NaN",
    "an empty object": "{}",
    "an object of something else": '{"hello": "world"}',
    "data that is a list": text(item(95) | {"data": [1]}),
    "data that is null": text(item(94) | {"data": None}),
    "data that is a number": text(item(93) | {"data": 5}),
    "a reply whose string is no JSON": text(reply("x") | {"data": "{"}),
    "a reply whose string is empty": text(reply("x") | {"data": ""}),
    "a reply whose string is a list": text(reply("x") | {"data": "[]"}),
    "a reply whose CloudEvent has no data": text(reply("x") | {"data": '{"id": "1"}'}),
    "a reply with other text than BEEP": text(reply("HELLO")),
    "a NUL byte": b"\x00",
    "NUL bytes within": b'{"op": "\x00"}',
    "not UTF-8": b'{"op": "updated", "id": "\xff\xfe"}',
    "UTF-16": text(item(92)).encode("utf-16"),
    "nesting beyond all reason": "[" * 200_000,
    "nested objects beyond all reason": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a number beyond all reason": '{"op": ' + "9" * 50_000 + "}",
    "only white space and a comma": "  ,  ",
    "half a character": text(item(91, name="\ud800")),
    "half a character in a reply": text(reply(data(90, name="\udc00"))),
    "half a character in a key": text(item(89, extra={"\ud800": 1})),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_one_bad_line_costs_nothing_else(name: str) -> None:
    """The line is an error with its number; the events around it are read."""
    batch = read(item(1), item(2), GARBAGE[name], item(3))
    assert [event.data["id"] for event in batch.events] == ["node-1", "node-2", "node-3"]
    assert [error.line for error in batch.errors] == [3]
    [error] = batch.errors
    assert "line 3" in str(error)
    assert len(str(error)) < 500
    assert "Traceback" not in str(error)


def test_every_bad_line_is_reported() -> None:
    """Many kinds at once: each has its own line, in their order."""
    lines: list[Json | str | bytes] = []
    expected = []
    for number, bad in enumerate(GARBAGE.values()):
        lines += [item(number), bad]
        expected.append(2 * number + 2)
    batch = read(*lines)
    assert [error.line for error in batch.errors] == expected
    assert len(batch.events) == len(GARBAGE)


@pytest.mark.parametrize(("open_", "close"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_read_or_reported(open_: str, close: str) -> None:
    """However deep an event is nested, it is an event or an error, and the next one is read."""
    for depth in (50, 300, *range(850, 1010), 2000):
        deep = f'"extra": {open_ * depth}{{}}{close * depth}'
        batch = read(text(data(1, extra=0)).replace('"extra": 0', deep), item(2))
        assert len(batch.events) + len(batch.errors) == 2
        assert batch.events[-1].data == data(2)
        assert depth > 300 or batch.errors == ()


ODD: list[object] = [
    None,
    True,
    0,
    -1.5,
    1e999,
    "",
    "x",
    "\ud800",
    "0001-01-01T00:00:00+14:00",
    [],
    [{}],
    {},
]


@pytest.mark.parametrize("key", ["id", "timestamp", "channel", "sequence_id", "owner"])
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_an_odd_value_beside_the_data(key: str, value: object) -> None:
    """The data of an item says what happened; what else it says wrongly never costs the rest."""
    batch = read(item(1) | {key: value}, item(2))
    assert [event.data["id"] for event in batch.events][-1] == "node-2"
    assert len(batch.events) + len(batch.errors) == 2


@pytest.mark.parametrize("key", ["op", "id", "kind", "name", "path", "state", "result", "data"])
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_an_odd_value_in_the_data(key: str, value: object) -> None:
    """An event with any value in any of its keys is an event or an error."""
    batch = read(item(1) | {"data": data(1, **{key: value})}, item(2))
    assert [event.data["id"] for event in batch.events][-1] == "node-2"
    assert len(batch.events) + len(batch.errors) == 2


def test_a_byte_order_mark_is_no_harm() -> None:
    """A file that starts with a byte order mark loses nothing: its first line is an event."""
    batch = read(b"\xef\xbb\xbf" + text(item(1)).encode(), item(2))
    assert [event.data["id"] for event in batch.events] == ["node-1", "node-2"]


def test_carriage_returns_are_line_ends() -> None:
    """A file with CR LF line ends reads the same."""
    batch = read(text(item(1)) + "\r", text(item(2)) + "\r")
    assert [event.data["id"] for event in batch.events] == ["node-1", "node-2"]
    assert batch.errors == ()


def test_the_last_line_needs_no_end() -> None:
    """An event that the file ends with, without a line end, is read."""
    batch = read(item(1), text(item(2)).rstrip())
    assert len(batch.events) == 2


good = st.builds(
    lambda number, shape: shape(number),
    st.integers(1, 40),
    st.sampled_from([item, data, lambda number: reply(data(number))]),
)
bad = st.one_of(st.sampled_from(list(GARBAGE)), st.text(max_size=30).map(repr))


@given(st.lists(st.one_of(good, bad)))
def test_any_interleaving_gives_exactly_the_good_events(lines: list[Json | str]) -> None:
    """Whatever stands between them, the events are those of the good lines, with their numbers."""
    batch = read(*(GARBAGE.get(line, line) if isinstance(line, str) else line for line in lines))
    alone = read(*(line for line in lines if isinstance(line, dict)))
    assert [event.data for event in batch.events] == [event.data for event in alone.events]
    assert batch.repeated == alone.repeated
    places = [number for number, line in enumerate(lines, 1) if isinstance(line, dict)]
    assert [event.line for event in batch.events] == [
        places[event.line - 1] for event in alone.events if event.line
    ]
    assert [error.line for error in batch.errors] == [
        number for number, line in enumerate(lines, 1) if isinstance(line, str)
    ]

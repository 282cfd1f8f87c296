# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events that say what was said before, under their old id or a new one."""

from hypothesis import given
from hypothesis import strategies as st

from tests.events.lines import data, item, read, reply


def test_the_same_line_twice() -> None:
    """The second is left out and counted; the first keeps its place."""
    batch = read(item(1), item(2), item(1))
    assert [event.line for event in batch.events] == [1, 2]
    assert (batch.repeated, batch.errors) == (1, ())


def test_redelivered_under_a_new_id() -> None:
    """What says the same is the same event, whatever its id and its sequence number."""
    again = item(1, event="new") | {"sequence_id": 400}
    assert read(item(1), again).repeated == 1


def test_redelivered_in_a_reply() -> None:
    """An event that was polled and is then heard again through pub/sub is recognised."""
    batch = read(item(1), reply(data(1)), reply(data(1), event="another"))
    assert (len(batch.events), batch.repeated) == (1, 2)


def test_the_order_of_keys_says_nothing() -> None:
    """The same content written in another order of keys is the same event."""
    turned = dict(reversed(data(1).items()))
    assert read(data(1), turned).repeated == 1


def test_another_channel_is_another_event() -> None:
    """A retry re-sends its parent's event; only the channel may tell it apart."""
    batch = read(item(1), item(1, channel="retry"))
    assert (len(batch.events), batch.repeated) == (2, 0)


def test_another_content_is_another_event() -> None:
    """A difference anywhere in the data is another event, even under the same id."""
    other = item(1) | {"data": data(1, result="pass")}
    deeper = item(1) | {"data": data(1, data={"kernel_revision": {"tree": "next"}})}
    counter = item(1) | {"data": data(1, retry_counter=1)}
    assert len(read(item(1), other, deeper, counter).events) == 4


def test_values_that_compare_equal_but_are_not_the_same() -> None:
    """True, 1 and "1" are different things to say."""
    said = [data(1, tip=value) for value in (True, 1, "1", None)]
    assert len(read(*said).events) == 4


@given(st.lists(st.integers(1, 6), max_size=30))
def test_each_content_once_in_order_of_first_appearance(numbers: list[int]) -> None:
    """Any sequence gives each content once, where it was first said, and counts the rest."""
    batch = read(*(item(n, event=f"{place}-") for place, n in enumerate(numbers)))
    assert [event.data["id"] for event in batch.events] == [
        f"node-{n}" for n in dict.fromkeys(numbers)
    ]
    assert batch.repeated == len(numbers) - len(set(numbers))


def test_fingerprints_are_equal_exactly_where_the_content_is() -> None:
    """The ledger remembers fingerprints: they do not depend on id, time or shape."""
    [polled] = read(item(1)).events
    [heard] = read(reply(data(1))).events
    [other] = read(item(2)).events
    assert polled.fingerprint == heard.fingerprint
    assert polled.fingerprint != other.fingerprint

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lanes: side by side, each in its order, and none delayed by another."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from planner.submission.lanes import NoAnswerError, NotBegunError, lanes

LONG = 20.0


@contextmanager
def stuck() -> Iterator[Callable[[], bool]]:
    """Give what never returns before the test is over."""
    over = threading.Event()
    try:
        yield lambda: over.wait(LONG)
    finally:
        over.set()


def test_each_lane_keeps_its_order() -> None:
    """Every item gives its own result, those of a lane in their order, one at a time."""
    busy = {"a": 0, "b": 0}

    def act(lane: str, item: int) -> str:
        busy[lane] += 1
        assert busy[lane] == 1
        time.sleep(0.001)
        busy[lane] -= 1
        return f"{lane}{item}"

    work = {"a": range(20), "b": range(10), "empty": range(0)}
    with lanes(work, act, LONG) as all_news:
        news = list(all_news)
    assert all(one.error is None for one in news)
    for lane, items in work.items():
        results = [one.result for one in news if one.lane == lane]
        assert results == [f"{lane}{item}" for item in items]


def test_lanes_run_side_by_side() -> None:
    """Lanes that have to meet do meet."""
    meeting = threading.Barrier(3)

    def act(lane: str, item: int) -> int:
        return meeting.wait(LONG)

    with lanes({"a": [1], "b": [1], "c": [1]}, act, LONG) as all_news:
        assert sorted(one.result for one in all_news if one.result is not None) == [0, 1, 2]


def test_error_is_the_news_of_its_item() -> None:
    """What an item raises is its own news; the lane goes on."""

    def act(lane: str, item: int) -> int:
        return 6 // item

    with lanes({"a": [2, 0, 3]}, act, LONG) as all_news:
        results = [(one.item, one.result, type(one.error)) for one in all_news]
    assert results == [(2, 3, type(None)), (0, None, ZeroDivisionError), (3, 2, type(None))]


def test_stuck_lane_is_left_behind() -> None:
    """What it had begun has no answer, what it had not is never begun; others are not touched."""
    begun: list[tuple[str, int]] = []
    with stuck() as wait:

        def act(lane: str, item: int) -> int:
            begun.append((lane, item))
            if (lane, item) == ("a", 1):
                wait()
            return item

        with lanes({"a": [0, 1, 2, 3], "b": [0, 1]}, act, 0.1) as all_news:
            news = [(one.lane, one.item, one.result, type(one.error)) for one in all_news]
    fine = type(None)
    assert [one for one in news if one[0] == "b"] == [("b", 0, 0, fine), ("b", 1, 1, fine)]
    assert [one for one in news if one[0] == "a"] == [
        ("a", 0, 0, fine),
        ("a", 1, None, NoAnswerError),
        ("a", 2, None, NotBegunError),
        ("a", 3, None, NotBegunError),
    ]
    time.sleep(0.05)
    assert ("a", 2) not in begun


def test_slow_lane_is_not_a_stuck_one() -> None:
    """A lane that takes long in all, and tells of each item in time, is heard to its end."""

    def act(lane: str, item: int) -> int:
        time.sleep(0.06)
        return item

    with lanes({"slow": range(8), "fast": range(1)}, act, 0.3) as all_news:
        assert sum(one.error is None for one in all_news) == 9


@pytest.mark.parametrize("slowly", [0.0, 0.15])
def test_slow_reader_loses_nothing(slowly: float) -> None:
    """News that came in time is given however late the reader asks for it."""

    def act(lane: str, item: int) -> int:
        return item

    heard = []
    with lanes({"a": [0, 1, 2], "b": [0, 1]}, act, 0.1) as all_news:
        for news in all_news:
            time.sleep(slowly)
            heard.append((news.lane, news.result))
    assert sorted(heard) == [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1)]


def test_leaving_early_begins_nothing_more() -> None:
    """When the reader goes, what has begun is waited for and the rest is never begun."""
    begun: list[int] = []
    ended: list[int] = []

    def act(lane: str, item: int) -> int:
        begun.append(item)
        time.sleep(0.05)
        ended.append(item)
        return item

    with lanes({"a": range(50)}, act, LONG) as all_news:
        next(all_news)
    assert begun == ended
    assert len(begun) < 10
    time.sleep(0.12)
    assert begun == ended


def test_several_in_hand() -> None:
    """A wide lane has as many items in hand as it is wide, and never more."""
    meeting = threading.Barrier(3)
    busy: list[int] = []

    def act(lane: str, item: int) -> int:
        busy.append(item)
        assert len(busy) <= 3
        meeting.wait(LONG)
        busy.remove(item)
        return item

    with lanes({"a": range(9)}, act, LONG, 3) as all_news:
        assert sorted(one.item for one in all_news if one.error is None) == list(range(9))


def test_no_work() -> None:
    """Without items there is no news."""

    def act(lane: str, item: int) -> int:
        raise AssertionError

    nothing: list[int] = []
    with lanes({"a": nothing}, act, LONG) as all_news:
        assert list(all_news) == []


def test_what_has_nothing_to_wait_for_takes_no_thread() -> None:
    """Lanes that are at once act in the caller's thread, each in its order, errors included."""
    threads: dict[str, set[int]] = {}

    def act(lane: str, item: int) -> int:
        threads.setdefault(lane, set()).add(threading.get_ident())
        return 6 // item

    work = {"slow": [1, 2], "quick": [3, 0, 2], "empty": range(0)}
    with lanes(work, act, LONG, 2, at_once={"quick", "empty"}) as all_news:
        news = [(one.lane, one.item, one.result, type(one.error)) for one in all_news]
    fine = type(None)
    assert [one for one in news if one[0] == "quick"] == [
        ("quick", 3, 2, fine),
        ("quick", 0, None, ZeroDivisionError),
        ("quick", 2, 3, fine),
    ]
    assert sorted(one[1:3] for one in news if one[0] == "slow") == [(1, 6), (2, 3)]
    assert threads["quick"] == {threading.get_ident()}
    assert threading.get_ident() not in threads["slow"]

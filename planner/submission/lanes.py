# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lane for each runtime: so that a slow or dead one delays nobody but itself."""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class NotBegunError(Exception):
    """The lane got stuck before the item's turn came: nothing was done about it."""


class NoAnswerError(Exception):
    """The item was begun, and there was no word of it for too long: it may be done or not."""


@dataclass(frozen=True)
class News(Generic[Item, Result]):
    """What came of one item: a result, or else an error."""

    lane: str
    item: Item
    result: Result | None = None
    error: Exception | None = None


class _Lane(Thread, Generic[Item, Result]):
    """A thread that does one item after the other, and one at a time."""

    def __init__(
        self,
        name: str,
        items: Sequence[Item],
        act: Callable[[str, Item], Result],
        news: "SimpleQueue[News[Item, Result]]",
    ) -> None:
        # A daemon: a lab that never answers must not keep the planner from ending.
        super().__init__(name=f"lane-{name}", daemon=True)
        self.lane = name
        self.waiting = deque(items)  # whoever pops an item, this thread or the other, owns it
        self.heard = time.monotonic()
        self._act, self._news = act, news

    def run(self) -> None:
        while True:
            try:
                item = self.waiting.popleft()
            except IndexError:
                return
            # Whatever it is, it belongs to this item and must not end the lane.
            try:
                self._news.put(News(self.lane, item, result=self._act(self.lane, item)))
            except Exception as error:
                self._news.put(News(self.lane, item, error=error))


def lanes(
    work: Mapping[str, Sequence[Item]], act: Callable[[str, Item], Result], patience: float
) -> AbstractContextManager[Iterator[News[Item, Result]]]:
    """Do `act(lane, item)` for all items, the lanes side by side, each in its order.

    To be used in a `with`: gives the news of each item once, in the caller's thread, as they
    come. A lane that said nothing for `patience` seconds is left behind: the item it has begun
    ends with NoAnswerError, those behind it with NotBegunError, and these will not be begun any
    more. The same holds, without news, when the `with` is left early.
    """
    return closing(_follow(work, act, patience))


def _follow(
    work: Mapping[str, Sequence[Item]], act: Callable[[str, Item], Result], patience: float
) -> Generator[News[Item, Result], None, None]:
    news: SimpleQueue[News[Item, Result]] = SimpleQueue()
    going = {name: _Lane(name, items, act, news) for name, items in work.items() if items}
    owed = {name: deque(items) for name, items in work.items()}
    for lane in going.values():
        lane.start()
    try:
        while going:
            quiet = min(going.values(), key=lambda lane: lane.heard)
            try:
                heard = news.get(timeout=max(quiet.heard + patience - time.monotonic(), 0))
            except Empty:
                yield from _leave_behind(going.pop(quiet.lane), owed[quiet.lane], patience)
                continue
            if heard.lane not in going:
                continue  # it was left behind, and this is what it had begun
            owed[heard.lane].popleft()
            going[heard.lane].heard = time.monotonic()
            if not owed[heard.lane]:
                del going[heard.lane]
            yield heard
    finally:
        for lane in going.values():
            lane.waiting.clear()
        for lane in going.values():
            lane.join(patience)


def _leave_behind(
    lane: _Lane[Item, Result], owed: Sequence[Item], patience: float
) -> Iterator[News[Item, Result]]:
    """Take from the lane what it has not begun, before anything is said of it."""
    untouched: list[Item] = []
    while True:
        try:
            untouched.append(lane.waiting.popleft())
        except IndexError:
            break
    started = list(owed)[: len(owed) - len(untouched)]
    late = NoAnswerError(f"{lane.lane}: no answer in {patience:g} s")
    for item in started:
        yield News(lane.lane, item, error=late)
    for item in untouched:
        yield News(lane.lane, item, error=NotBegunError(f"{late}, and this was next"))

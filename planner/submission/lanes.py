# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lane for each runtime: so that a slow or dead one delays nobody but itself."""

import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
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


class _Lane(Generic[Item, Result]):
    """Threads that begin one item after the other, `width` of them at a time."""

    def __init__(
        self,
        name: str,
        items: Sequence[Item],
        act: Callable[[str, Item], Result],
        news: "SimpleQueue[tuple[int, News[Item, Result]]]",
        width: int,
    ) -> None:
        self.name = name
        self.owed = dict(enumerate(items))  # what there was no news of
        self.waiting = deque(self.owed.items())  # whoever pops an item, whichever thread, owns it
        self.heard = time.monotonic()
        self._act, self._news = act, news
        # Daemons: a lab that never answers must not keep the planner from ending.
        self._threads = [
            Thread(target=self._work, name=f"lane-{name}", daemon=True)
            for _ in range(min(width, len(items)))
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self, patience: float) -> None:
        end = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0))

    def _work(self) -> None:
        while True:
            try:
                number, item = self.waiting.popleft()
            except IndexError:
                return
            self._news.put((number, _done(self.name, item, self._act)))


def _done(lane: str, item: Item, act: Callable[[str, Item], Result]) -> News[Item, Result]:
    # Whatever it is, it belongs to this item and must not end the lane.
    try:
        return News(lane, item, result=act(lane, item))
    except Exception as error:
        return News(lane, item, error=error)


def lanes(
    work: Mapping[str, Sequence[Item]],
    act: Callable[[str, Item], Result],
    patience: float,
    width: int = 1,
    at_once: Collection[str] = (),
) -> AbstractContextManager[Iterator[News[Item, Result]]]:
    """Do `act(lane, item)` for all items, the lanes side by side, each in its order.

    At most `width` items of a lane are in hand at a time. Lanes that are `at_once` have nothing
    to wait for, and take no thread.

    To be used in a `with`: gives the news of each item once, in the caller's thread, as they
    come. A lane that said nothing for `patience` seconds is left behind: the item it has begun
    ends with NoAnswerError, those behind it with NotBegunError, and these will not be begun any
    more. The same holds, without news, when the `with` is left early.
    """
    slow = {name: items for name, items in work.items() if items and name not in at_once}
    quick = {name: items for name, items in work.items() if name in at_once}
    return closing(_follow(slow, quick, act, patience, width))


def _follow(
    slow: Mapping[str, Sequence[Item]],
    quick: Mapping[str, Sequence[Item]],
    act: Callable[[str, Item], Result],
    patience: float,
    width: int,
) -> Generator[News[Item, Result], None, None]:
    news: SimpleQueue[tuple[int, News[Item, Result]]] = SimpleQueue()
    going = {name: _Lane(name, items, act, news, width) for name, items in slow.items()}
    for lane in going.values():
        lane.start()
    try:
        for name, items in quick.items():
            yield from (_done(name, item, act) for item in items)
        while going:
            quiet = min(going.values(), key=lambda lane: lane.heard)
            try:
                number, heard = news.get(timeout=max(quiet.heard + patience - time.monotonic(), 0))
            except Empty:
                yield from _leave_behind(going.pop(quiet.name), patience)
                continue
            if heard.lane not in going:
                continue  # it was left behind, and this is what it had begun
            telling = going[heard.lane]
            del telling.owed[number]
            telling.heard = time.monotonic()
            if not telling.owed:
                del going[heard.lane]
            yield heard
    finally:
        for lane in going.values():
            lane.waiting.clear()
        for lane in going.values():
            lane.join(patience)


def _leave_behind(lane: _Lane[Item, Result], patience: float) -> Iterator[News[Item, Result]]:
    """Take from the lane what it has not begun, before anything is said of it."""
    untouched: list[Item] = []
    while True:
        try:
            number, item = lane.waiting.popleft()
            untouched.append(item)
            del lane.owed[number]
        except IndexError:
            break
    late = NoAnswerError(f"{lane.name}: no answer in {patience:g} s")
    for item in lane.owed.values():
        yield News(lane.name, item, error=late)
    for item in untouched:
        yield News(lane.name, item, error=NotBegunError(f"{late}, and this was next"))

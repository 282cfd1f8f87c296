# SPDX-License-Identifier: LGPL-2.1-or-later
"""How far a command is, on a terminal only."""

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, track
from rich.progress import Progress as Bars

from models import FINAL_STATES, Order, Outcome, RunState

Item = TypeVar("Item")


def tracked(items: Sequence[Item], what: str) -> Iterable[Item]:
    """Yield `items` with a bar on stderr that counts them; without a terminal there is none."""
    console = Console(stderr=True)
    hidden = not console.is_terminal
    return track(items, what, console=console, transient=True, disable=hidden)


def in_portions(what: str, portion: Callable[[], int]) -> int:
    """Do portions until one has nothing to do, and return how many runs it was; count them."""
    console = Console(stderr=True)
    bars = Bars(
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    done = 0
    with bars:
        task = bars.add_task(what, total=None)
        while runs := portion():
            done += runs
            bars.update(task, completed=done)
    return done


class Progress:
    """Two bars on stderr: runs sent, and runs that ended. Without a terminal there are none."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._sent = self._bars.add_task("sent", total=0, visible=False)
        self._ended = self._bars.add_task("ended", total=0, visible=False)
        self._running = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def sending(self, order: Order, state: RunState) -> None:
        """Count a run that was sent, or was to be."""
        self._bars.update(self._sent, advance=1, visible=True)
        if state is RunState.SUBMITTED:
            self._running += 1
            self._bars.update(self._ended, total=self._running, visible=True)

    def watching(self, outcome: Outcome) -> None:
        """Count a run that ended."""
        if outcome.state in FINAL_STATES:
            self._bars.update(self._ended, advance=1)

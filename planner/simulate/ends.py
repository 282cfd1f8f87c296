# SPDX-License-Identifier: LGPL-2.1-or-later
"""What became of each wanted run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from models import Platform
from planner.simulate.lists import origin
from planner.simulate.pipeline import Attempt
from planner.simulate.simulation import DROPPED, Story
from planner.simulate.wanted import WantedRun

DEADLINE_S = 6 * 3600.0  # KernelCI's timeout of a node


class End(StrEnum):
    """How a wanted run ended; the first two gave a result."""

    IN_TIME = "in time"
    LATE = "late"
    SPOILED = "spoiled"  # it ran, and no attempt told anything of the kernel
    DROPPED = "dropped"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    NEVER = "never asked for"  # its build never was there, or no rule let it go where it was pinned


@dataclass(frozen=True)
class Told:
    """One wanted run and what became of it.

    Times are seconds after the event that wanted it; None where it never got there. `attempt` is
    the one that gave a result.
    """

    wanted: WantedRun
    end: End
    attempt: Attempt | None
    wait_s: float | None
    completion_s: float | None

    @property
    def priority(self) -> int:
        """Return the priority of its request."""
        return self.wanted.request.priority


def tally(story: Story) -> list[Told]:
    """Return what became of each wanted run, in the order in which they were wanted."""
    attempts: dict[str, list[Attempt]] = {}
    for attempt in story.attempts:
        attempts.setdefault(attempt.root, []).append(attempt)
    return [_told(wanted, asked, attempts, story) for wanted, asked in _pairs(story)]


def _told(
    wanted: WantedRun,
    asked: WantedRun | None,
    attempts: Mapping[str, list[Attempt]],
    story: Story,
) -> Told:
    if asked is None:
        return Told(wanted, End.NEVER, None, None, None)
    tried = attempts.get(asked.run, [])
    good = next((attempt for attempt in tried if attempt.good), None)
    if good is None:
        why = story.ends.get(asked.request.key)
        end = End.SPOILED if tried else _ENDS.get(why or "", End.NEVER)
        return Told(wanted, end, None, None, None)
    since = story.told_at.get(asked.request.parent, 0.0)
    completion = good.ended - since
    end = End.IN_TIME if completion <= DEADLINE_S else End.LATE
    return Told(wanted, end, good, min(a.started for a in tried) - since, completion)


_ENDS = {
    DROPPED: End.DROPPED,
    "superseded": End.SUPERSEDED,
    "expired": End.EXPIRED,
    "withdrawn": End.DROPPED,
}


def _pairs(story: Story) -> Iterator[tuple[WantedRun, WantedRun | None]]:
    """Yield each wanted run with the one that was asked for in its place, None if none was."""

    def wish(one: WantedRun) -> tuple[str, str]:
        return one.request.parent, origin(one.request.entry)

    asked = {
        key: list(runs) for key, runs in groupby(sorted(story.asked.values(), key=wish), key=wish)
    }
    for one in story.wanted.values():
        there = asked.get(wish(one))
        yield one, there.pop(0) if there else None


def platform_of(story: Story, told: Told) -> Platform | None:
    """Return the platform that gave the result."""
    return story.catalog.platforms[told.attempt.platform] if told.attempt else None


__all__ = ["DEADLINE_S", "End", "Told", "platform_of", "tally"]

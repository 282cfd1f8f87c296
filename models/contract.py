# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the owner of a lab allows: how long, when, how much, and for whom."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from models.base import Ours
from models.duration import Seconds

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60  # minutes
WEEK = len(DAYS) * DAY

_DAY = "|".join(DAYS)
_WINDOW = re.compile(
    rf"(?P<first>{_DAY})?(?:-(?P<last>{_DAY}))?"
    r"(?:(?:^|\s+)(?P<begin>\d{1,2}:\d\d)-(?P<end>\d{1,2}:\d\d))?"
)


def stretches(window: str) -> tuple[tuple[int, int], ...]:
    """Return the hours of "mon-fri 18:00-08:00" as (begin, length) in minutes of a week.

    Days and hours may each be left out: then they are all days, or the whole day. Hours that end
    before they begin end on the next day.

    Raises:
        ValueError: if the text names no hours.
    """
    found = _WINDOW.fullmatch(window.strip().lower())
    if not found or not found[0] or (found["last"] and not found["first"]):
        raise ValueError(f"{window!r} names no hours such as 'mon-fri 18:00-08:00' or 'sat-sun'")
    first = DAYS.index(found["first"]) if found["first"] else 0
    last = DAYS.index(found["last"] or found["first"]) if found["first"] else len(DAYS) - 1
    days = range(first, last + 1 if last >= first else last + 1 + len(DAYS))
    begin, end = (_minute(found[name], window) for name in ("begin", "end"))
    if begin is None or end is None:
        begin, end = 0, DAY
    length = (end - begin) % DAY or DAY
    return tuple((day % len(DAYS) * DAY + begin, length) for day in days)


def _minute(clock: str | None, window: str) -> int | None:
    if clock is None:
        return None
    hours, minutes = map(int, clock.split(":"))
    if minutes >= 60 or hours * 60 + minutes > DAY:
        raise ValueError(f"{window!r} has {clock}, which is no time of day")
    return hours * 60 + minutes


def _window(text: str) -> str:
    stretches(text)
    return text


Window = Annotated[str, AfterValidator(_window)]


class Quotas(Ours):
    """How many runs one cycle may send to a lab, by tree and by job; 0 is never."""

    tree: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    job: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)


class Contract(Ours):
    """The terms of one lab; what is left out is not limited.

    A run may be expected to take `max_duration`. `windows` are the hours, in UTC, in which runs
    may be sent and start. `max_share` is the largest part of the lab's devices (or slots) that
    runs may occupy, counting all that runs and waits there. With `cancel_superseded` runs that wait
    in the lab's queue are cancelled once a newer revision of their branch is here.
    """

    max_duration: Seconds | None = None
    windows: tuple[Window, ...] = ()
    quotas: Quotas = Quotas()
    max_share: Annotated[Decimal, Field(ge=0, le=1)] | None = None
    cancel_superseded: bool = False

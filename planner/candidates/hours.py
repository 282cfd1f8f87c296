# SPDX-License-Identifier: LGPL-2.1-or-later
"""The hours in which a lab may be used."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from models.contract import DAY, WEEK, stretches


class Hours:
    """The minutes of a week (in UTC) that the windows of a contract leave open."""

    def __init__(self, windows: Iterable[str]) -> None:
        self.text = ", ".join(windows)
        self._open = [not self.text] * WEEK
        for window in windows:
            for begin, length in stretches(window):
                for minute in range(begin, begin + length):
                    self._open[minute % WEEK] = True

    def closes_in(self, now: datetime) -> int | None:
        """Return the seconds until the lab closes: 0 where it is closed, None if it never does."""
        return self._until(now, closed=True)

    def opens(self, now: datetime) -> datetime:
        """Return when the lab opens: `now` where it is open."""
        return now + timedelta(seconds=self._until(now, closed=False) or 0)

    def _until(self, now: datetime, *, closed: bool) -> int | None:
        if not self.text:
            return None if closed else 0
        minute = now.weekday() * DAY + now.hour * 60 + now.minute
        for ahead in range(WEEK):
            if self._open[(minute + ahead) % WEEK] is not closed:
                return max(0, ahead * 60 - (now.second if ahead else 0))
        return None


@lru_cache(maxsize=1000)
def hours_of(windows: tuple[str, ...]) -> Hours:
    """Return the hours of these windows; what the same windows leave open is worked out once."""
    return Hours(windows)

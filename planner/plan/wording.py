# SPDX-License-Identifier: LGPL-2.1-or-later
"""How numbers and names of a plan are written for people."""

from collections.abc import Iterable, Sequence

from models import Price, Tier

FULL_NAMES_FROM = 120  # columns of a terminal from which runs have their full names
SHORTEST = 7


def lasting(seconds: int) -> str:
    """Return seconds as people say them: 45s, 20m, 1h05m, 2d03h."""
    if seconds < 60:
        return f"{seconds}s"
    minutes = seconds // 60
    if minutes < 60:
        rest = seconds % 60
        return f"{minutes}m{rest:02d}s" if rest and minutes < 10 else f"{minutes}m"
    hours = minutes // 60
    if hours < 24:
        return f"{hours}h{minutes % 60:02d}m"
    return f"{hours // 24}d{hours % 24:02d}h"


def money(milli: int) -> str:
    """Return milli-cost as cost."""
    return f"{milli / 1000:.3f}"


def amount(tier: str, value: int) -> str:
    """Return a tier's value in the unit that people use for it."""
    if tier == Tier.VALUE:
        return f"{value / 100:.2f} points"
    if tier == Tier.DIVERSITY:
        return counted(value, "repeat")
    if tier == Tier.STALENESS:
        return counted(value, "stale day")
    if tier == Tier.COMPLETION:
        return lasting(value) if value >= 0 else f"-{lasting(-value)}"
    if tier == Tier.STABILITY:
        return counted(value, "run")
    return money(value) if tier == Tier.COST else str(value)


def difference(tier: str, value: int) -> str:
    """Return by how much a tier changes, with its sign; "none" where it does not."""
    return f"{'+' if value > 0 else '-'}{amount(tier, abs(value))}" if value else "none"


def worth_text(price: Price) -> str:
    """Return what one more place is worth, in words: "at most 12.00 points of value"."""
    return f"at most {amount(price.tier, round(price.worth))} of {price.tier}"


def counted(number: int, noun: str) -> str:
    """Return "1 run", "2 runs", "no runs"."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def named(names: Sequence[str], most: int) -> str:
    """Return the first of `names`, at most so many, and how many more there are."""
    text = ", ".join(names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most} more"


class RunNames:
    """What runs are called in a table: in full, or as short as they stay apart.

    A short name keeps the run's index and the first letters of its request: `3f2a91c-0`.
    """

    def __init__(self, requests: Iterable[str], width: int) -> None:
        keys = set(requests)
        longest = max((len(key) for key in keys), default=0)
        self._length = longest if width >= FULL_NAMES_FROM else _apart(keys, longest)

    def of(self, run: str) -> str:
        """Return the name of a run, given its key."""
        request, dash, index = run.rpartition("-")
        return f"{request[: self._length]}{dash}{index}"

    def of_request(self, request: str) -> str:
        """Return the name of a request, given its key."""
        return request[: self._length]


def _apart(keys: set[str], longest: int) -> int:
    """Return the least length, from `SHORTEST` on, at which all keys differ."""
    for length in range(SHORTEST, longest):
        if len({key[:length] for key in keys}) == len(keys):
            return length
    return longest

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A past in few numbers: what ran, day by day, as histograms with logarithmic steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Kept = TypeVar("Kept", bound=tuple[object, ...])

UNKNOWN = 255  # the bucket of what nobody told
# Eight buckets to each doubling, from no time at all; in milliseconds, so that they are exact.
EDGES: Ints = np.ceil(1000 * (np.exp2(np.arange(UNKNOWN) / 8) - 1)).astype(np.int64)
DAY_S = 86400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Subject(NamedTuple):
    """What ran, and where; no place where it never got one. `arch` is that of the kernel."""

    job: str
    kind: str
    platform: str | None
    device_type: str | None
    runtime: str | None
    arch: str | None


class Ending(NamedTuple):
    """For which tree it ran, and how it ended.

    `state` is one of `RunState` that is final, and `reason` the code of what the run waited for
    last, before it got a place or never got one. `elsewhere` marks what was imported.
    """

    tree: str | None
    state: str
    result: str | None
    infrastructure: bool
    reason: str | None
    elsewhere: bool


@dataclass(frozen=True)
class Cells:
    """Runs by day (since 1970, UTC), subject, ending, and buckets of duration and wait.

    Each row is as many `runs` as are alike in all of these; `duration_ms` and `wait_ms` are sums
    over them, 0 where the bucket is `UNKNOWN`. `subject` and `ending` are places in the tuples.
    """

    subjects: tuple[Subject, ...]
    endings: tuple[Ending, ...]
    day: Ints
    subject: Ints
    ending: Ints
    duration: Ints
    wait: Ints
    runs: Ints
    duration_ms: Ints
    wait_ms: Ints

    def __len__(self) -> int:
        return len(self.day)

    @classmethod
    def of(
        cls,
        rows: Iterable[tuple[Subject, Ending]],
        day: Ints,
        duration_ms: Ints,
        wait_ms: Ints,
    ) -> Self:
        """Return single runs as cells; times are milliseconds, -1 where nobody told."""
        subjects: dict[Subject, int] = {}
        endings: dict[Ending, int] = {}
        numbers = [
            (subjects.setdefault(subject, len(subjects)), endings.setdefault(ending, len(endings)))
            for subject, ending in rows
        ]
        subject, ending = np.array(numbers, dtype=np.int64).reshape(-1, 2).T
        return cls(
            subjects=tuple(subjects),
            endings=tuple(endings),
            day=day,
            subject=subject,
            ending=ending,
            duration=bucket(duration_ms),
            wait=bucket(wait_ms),
            runs=np.ones(len(day), dtype=np.int64),
            duration_ms=np.maximum(0, duration_ms),
            wait_ms=np.maximum(0, wait_ms),
        )

    def where(self, rows: NDArray[np.bool_]) -> Self:
        """Return only those rows."""
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return type(self)(self.subjects, self.endings, **columns)


COLUMNS = tuple(field.name for field in fields(Cells) if field.name not in ("subjects", "endings"))
_KEY = COLUMNS[: COLUMNS.index("runs")]
_SUMS = COLUMNS[len(_KEY) :]


def bucket(milliseconds: Ints) -> Ints:
    """Return the bucket of each time, `UNKNOWN` of what is below zero."""
    found = np.searchsorted(EDGES, milliseconds, side="right") - 1
    return np.where(milliseconds < 0, UNKNOWN, found).astype(np.int64)


def joined(parts: Sequence[Cells]) -> Cells:
    """Return all rows of these, one part after the other."""
    subjects, subject = _in_one([part.subjects for part in parts], [p.subject for p in parts])
    endings, ending = _in_one([part.endings for part in parts], [part.ending for part in parts])
    columns = {
        name: np.concatenate([np.zeros(0, dtype=np.int64), *(getattr(p, name) for p in parts)])
        for name in COLUMNS
    }
    return Cells(subjects, endings, **columns | {"subject": subject, "ending": ending})


def merged(parts: Sequence[Cells]) -> Cells:
    """Return all of these together, alike rows as one; the order of what comes does not matter."""
    cells = joined(parts)
    subjects, subject = _in_order(cells.subjects, cells.subject)
    endings, ending = _in_order(cells.endings, cells.ending)
    columns = {name: getattr(cells, name) for name in COLUMNS}
    columns |= {"subject": subject, "ending": ending}
    order = np.lexsort([columns[name] for name in reversed(_KEY)])
    columns = {name: column[order] for name, column in columns.items()}
    changes = [columns[name][1:] != columns[name][:-1] for name in _KEY]
    first = np.flatnonzero(np.concatenate((order[:1] >= 0, np.any(changes, axis=0))))
    kept = {name: columns[name][first] for name in _KEY}
    sums = {name: np.add.reduceat(columns[name], first) for name in _SUMS} if len(first) else {}
    return Cells(subjects, endings, **{**columns, **kept, **sums})


def _in_one(
    names: Sequence[tuple[Kept, ...]], numbers: Sequence[Ints]
) -> tuple[tuple[Kept, ...], Ints]:
    """Return all names, each once, and the numbers that go with them."""
    every: dict[Kept, int] = {}
    found, before = [np.zeros(0, dtype=np.int64)], None
    for some, of in zip(names, numbers, strict=True):
        if some is not before:
            place = np.array([every.setdefault(kept, len(every)) for kept in some], dtype=np.int64)
            before = some
        found.append(place[of])
    return tuple(every), np.concatenate(found)


def _in_order(names: tuple[Kept, ...], numbers: Ints) -> tuple[tuple[Kept, ...], Ints]:
    """Return the names that are used, sorted, and the numbers that go with them."""
    used = sorted(np.unique(numbers).tolist(), key=lambda at: _comparable(names[at]))
    place = np.zeros(len(names), dtype=np.int64)
    place[used] = np.arange(len(used))
    return tuple(names[at] for at in used), place[numbers]


def _comparable(kept: tuple[object, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((item is not None, str(item)) for item in kept)


def day_of(moment: datetime | date) -> int:
    """Return the number of a day, or of the UTC day that a time is in."""
    if isinstance(moment, datetime):
        return (moment - _EPOCH).days
    return (moment - _EPOCH.date()).days


def start_of(day: int) -> datetime:
    """Return when the day of that number begins."""
    return _EPOCH + timedelta(days=day)

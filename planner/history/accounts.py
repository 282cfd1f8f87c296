# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cells counted by what they have in common: exact counts and sums, quantiles by bucket."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from models import Account, Accounts, By, Cells, RunState, Waited, start_of
from models.cells import UNKNOWN, Ints

_BY_SUBJECT: dict[By, Callable[..., str | None]] = {
    By.LAB: lambda subject: subject.runtime,
    By.DEVICE_TYPE: lambda subject: subject.device_type,
    By.PLATFORM: lambda subject: subject.platform,
    By.JOB: lambda subject: subject.job,
    By.KIND: lambda subject: subject.kind,
}


def accounts(cells: Cells, by: By, since: date, until: date) -> Accounts:
    """Return what is in `cells`, all of it from that period, by its lab, job, tree or the like."""
    names, group = grouped(cells, by)
    rows = _Columns(cells).accounts(names, group)
    if by is By.DAY:
        rows.sort(key=lambda one: one.name or "")
    else:
        rows.sort(key=lambda one: (one.name is None, -one.runs, one.name or ""))
    return Accounts(by=by, since=since, until=until, rows=tuple(rows), total=total(cells))


def total(cells: Cells) -> Account:
    """Return all of `cells` together."""
    (one,) = _Columns(cells).accounts([None], np.zeros(len(cells), dtype=np.int64))
    return one


def grouped(cells: Cells, by: By) -> tuple[list[str | None], Ints]:
    """Return the names that there are, and which of them each row has."""
    if by is By.DAY:
        days, of = np.unique(cells.day, return_inverse=True)
        return [start_of(day).date().isoformat() for day in days.tolist()], of
    if by is By.TREE:
        return _named([ending.tree for ending in cells.endings], cells.ending)
    return _named([_BY_SUBJECT[by](subject) for subject in cells.subjects], cells.subject)


def _named(names: Iterable[str | None], rows: Ints) -> tuple[list[str | None], Ints]:
    place: dict[str | None, int] = {}
    of = np.array([place.setdefault(name, len(place)) for name in names], dtype=np.int64)[rows]
    # Only what is in the rows.
    used, of = np.unique(of, return_inverse=True)
    every = list(place)
    return [every[at] for at in used.tolist()], of


@dataclass(frozen=True)
class _Quantiles:
    """Runs of each group in each bucket of a time, and the sum of that time in milliseconds."""

    runs: Ints
    milliseconds: Ints

    def mean(self, group: int) -> int | None:
        known = int(self.runs[group].sum())
        return round(int(self.milliseconds[group].sum()) / known / 1000) if known else None

    def at(self, group: int, share: float) -> int | None:
        """Return the mean of the bucket that has the quantile."""
        upto = np.cumsum(self.runs[group])
        if not len(upto) or not upto[-1]:
            return None
        found = int(np.searchsorted(upto, share * upto[-1]))
        return round(int(self.milliseconds[group, found]) / int(self.runs[group, found]) / 1000)


class _Columns:
    """What accounts ask of cells, row by row."""

    def __init__(self, cells: Cells) -> None:
        endings = cells.endings
        state = np.array([str(one.state) for one in endings], dtype=object)[cells.ending]
        result = np.array([one.result for one in endings], dtype=object)[cells.ending]
        spoiled = np.array([one.infrastructure for one in endings], dtype=np.bool_)
        waits = np.array([one.reason is not None for one in endings], dtype=np.bool_)
        self._cells, self._waits = cells, waits[cells.ending]
        ran = state == RunState.FINISHED
        self._ran = ran
        self._counts = {
            "runs": ran,
            "passed": ran & (result == "pass"),
            "failed": ran & (result == "fail"),
            "other": ran & (result != "pass") & (result != "fail"),
            "infrastructure": ran & spoiled[cells.ending],
            "timed": ran & (cells.duration != UNKNOWN),
        }

    def accounts(self, names: list[str | None], group: Ints) -> list[Account]:
        """Return an account of each group."""
        size = len(names)
        counts = {
            name: _sums(group[rows], self._cells.runs[rows], size)
            for name, rows in self._counts.items()
        }
        duration = self._quantiles(group, size, self._cells.duration, self._cells.duration_ms)
        wait = self._quantiles(group, size, self._cells.wait, self._cells.wait_ms)
        unplaced = self._unplaced(group, size)
        told: list[dict[str, Any]] = [
            {what: int(of[at]) for what, of in counts.items()} | unplaced[at] for at in range(size)
        ]
        return [
            Account(
                name=name,
                device_s=round(int(duration.milliseconds[at].sum()) / 1000),
                duration_median_s=duration.at(at, 0.5),
                duration_p90_s=duration.at(at, 0.9),
                wait_mean_s=wait.mean(at),
                wait_p90_s=wait.at(at, 0.9),
                **told[at],
            )
            for at, name in enumerate(names)
        ]

    def _quantiles(self, group: Ints, size: int, bucket: Ints, amount: Ints) -> _Quantiles:
        rows = self._ran & (bucket != UNKNOWN)
        cell = group[rows] * UNKNOWN + bucket[rows]
        shape = (size, UNKNOWN)
        return _Quantiles(
            _sums(cell, self._cells.runs[rows], size * UNKNOWN).reshape(shape),
            _sums(cell, amount[rows], size * UNKNOWN).reshape(shape),
        )

    def _unplaced(self, group: Ints, size: int) -> list[dict[str, Any]]:
        """Return how many never ran, by state, and what runs waited for, most first."""
        unsent: list[dict[str, int]] = [{} for _ in range(size)]
        waited: list[dict[str, list[int]]] = [{} for _ in range(size)]
        for at in np.flatnonzero(~self._ran | self._waits).tolist():
            of, runs, ran = int(group[at]), int(self._cells.runs[at]), bool(self._ran[at])
            ending = self._cells.endings[int(self._cells.ending[at])]
            if not ran:
                unsent[of][ending.state] = unsent[of].get(ending.state, 0) + runs
            if ending.reason is not None:
                waited[of].setdefault(ending.reason, [0, 0])[0 if ran else 1] += runs
        return [
            {"unsent": dict(sorted(unsent[of].items())), "waited": _most_first(waited[of])}
            for of in range(size)
        ]


def _most_first(waited: dict[str, list[int]]) -> tuple[Waited, ...]:
    return tuple(
        Waited(reason=reason, placed=placed, unsent=unsent)
        for reason, (placed, unsent) in sorted(
            waited.items(), key=lambda one: (-sum(one[1]), one[0])
        )
    )


def _sums(group: Ints, amount: Ints, size: int) -> Ints:
    """Return the sum of each group, exactly."""
    found = np.zeros(size, dtype=np.int64)
    np.add.at(found, group, amount)
    return found

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Estimates against what became of the runs, as far as the ledger knows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from models import Assignment, PlanDocument, RunRecord


@dataclass(frozen=True)
class Actual:
    """What became of one placed run; seconds are None where its times are not known (yet)."""

    state: str
    result: str | None
    wait_s: int | None
    duration_s: int | None


@dataclass(frozen=True)
class SlotOutcome:
    """The runs of one slot that are over: mean seconds, expected and real, and their results."""

    runtime: str
    device_type: str
    runs: int
    expected_wait_s: int
    wait_s: int
    expected_duration_s: int
    duration_s: int
    results: dict[str, int]


def actuals(document: PlanDocument, records: Iterable[RunRecord]) -> dict[str, Actual]:
    """Return what became of the placed runs, by their keys.

    A run that went back to wait and was placed again by another plan tells nothing of this one.
    """
    placed = {one.run for one in document.assignments}
    mine = (r for r in records if r.run in placed and r.plan == document.plan.id)
    return {record.run: _actual(record, document.plan.created) for record in mine}


def _actual(record: RunRecord, planned: datetime) -> Actual:
    return Actual(
        state=str(record.state),
        result=record.result,
        wait_s=_between(planned, record.started),
        duration_s=_between(record.started, record.ended),
    )


def _between(first: datetime | None, last: datetime | None) -> int | None:
    if first is None or last is None:
        return None
    return max(0, round((last - first).total_seconds()))


def slot_outcomes(document: PlanDocument, known: Mapping[str, Actual]) -> tuple[SlotOutcome, ...]:
    """Return estimates against outcomes, slot by slot, those with the most runs first."""
    over: dict[tuple[str, str], list[tuple[Assignment, int, int, str | None]]] = {}
    for one in document.assignments:
        actual = known.get(one.run)
        if actual and actual.wait_s is not None and actual.duration_s is not None:
            row = (one, actual.wait_s, actual.duration_s, actual.result)
            over.setdefault((one.runtime, one.device_type), []).append(row)
    found = [
        SlotOutcome(
            runtime=runtime,
            device_type=device_type,
            runs=len(rows),
            expected_wait_s=_mean(one.start_s for one, *_ in rows),
            wait_s=_mean(wait for _, wait, _, _ in rows),
            expected_duration_s=_mean(one.duration_s for one, *_ in rows),
            duration_s=_mean(duration for _, _, duration, _ in rows),
            results=dict(Counter(result or "unknown" for *_, result in rows)),
        )
        for (runtime, device_type), rows in over.items()
    ]
    return tuple(sorted(found, key=lambda s: (-s.runs, s.runtime, s.device_type)))


def _mean(values: Iterable[int]) -> int:
    return round(fmean(values))

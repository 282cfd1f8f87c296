# SPDX-License-Identifier: LGPL-2.1-or-later
"""What has not run for how long."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import isnan

from models import Catalog, CoverageRow, History

Key = tuple[str, str, str]


def coverage(
    catalog: Catalog, history: History, *, now: datetime, never: Iterable[tuple[str, str]] = ()
) -> tuple[CoverageRow, ...]:
    """Return when each job last ran on each device type for each tree, the stalest first.

    `never` are (job, device type) that should run: those that never did come first of all. Runs
    that the place spoiled tested nothing, and what the catalog does not have any more is left out.
    """
    last: dict[Key, float] = {}
    runs: dict[Key, int] = {}
    columns = (history.job, history.device_type, history.tree)
    for *names, ended, spoiled, count in zip(
        *columns,
        history.ended.tolist(),
        history.infrastructure.tolist(),
        history.runs.tolist(),
        strict=True,
    ):
        job, device_type, tree = names
        if job in catalog.jobs and not spoiled and not isnan(ended):
            key = (job, device_type, tree or "")
            last[key] = max(ended, last.get(key, ended))
            runs[key] = runs.get(key, 0) + count
    ran = {key[:2] for key in last}
    missing = sorted({pair for pair in never if pair not in ran and pair[0] in catalog.jobs})
    none = [
        CoverageRow(job=job, device_type=device, tree="", runs=0, last=None, age_s=None)
        for job, device in missing
    ]
    stale = sorted(last, key=lambda key: (last[key], key))
    return (*none, *(_row(key, last[key], runs[key], now) for key in stale))


def _row(key: Key, ended: float, runs: int, now: datetime) -> CoverageRow:
    job, device_type, tree = key
    return CoverageRow(
        job=job,
        device_type=device_type,
        tree=tree,
        runs=runs,
        last=datetime.fromtimestamp(ended, UTC),
        age_s=max(0, round(now.timestamp() - ended)),
    )

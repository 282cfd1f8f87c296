# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs of the past, made by hand or drawn, as cells."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from models import Cells, Ending, Subject, day_of

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


class Ran(NamedTuple):
    """One run: times in milliseconds, -1 where nobody told."""

    lab: str | None = "lab-a"
    job: str = "boot"
    tree: str | None = "mainline"
    state: str = "finished"
    result: str | None = "pass"
    spoiled: bool = False
    reason: str | None = None
    day: int = day_of(FIRST)
    took: int = 600_000
    waited: int = 60_000


def cells(runs: Sequence[Ran]) -> Cells:
    """Return these runs as cells, a row each."""
    return Cells.of(
        (
            (
                Subject(run.job, "job", run.lab and "rock", run.lab and "rock", run.lab, "arm64"),
                Ending(run.tree, run.state, run.result, run.spoiled, run.reason, False),
            )
            for run in runs
        ),
        day=np.array([run.day for run in runs], dtype=np.int64),
        duration_ms=np.array([run.took for run in runs], dtype=np.int64),
        wait_ms=np.array([run.waited for run in runs], dtype=np.int64),
    )


times = st.one_of(st.just(-1), st.integers(0, 3_000), st.integers(0, 20_000_000))
days = st.integers(day_of(FIRST), day_of(LAST))
executed = st.builds(
    Ran,
    state=st.just("finished"),
    lab=st.sampled_from(["lab-a", "lab-b"]),
    job=st.sampled_from(["boot", "ltp", "kselftest"]),
    tree=st.sampled_from(["mainline", None]),
    result=st.sampled_from(["pass", "fail", "incomplete", None]),
    spoiled=st.booleans(),
    reason=st.sampled_from([None, "queue_full"]),
    day=days,
    took=times,
    waited=times,
)
unsent = st.builds(
    Ran,
    lab=st.none(),
    job=st.sampled_from(["boot", "ltp"]),
    state=st.sampled_from(["expired", "superseded"]),
    result=st.none(),
    reason=st.sampled_from(["queue_full", "outbid"]),
    tree=st.just("mainline"),
    spoiled=st.just(False),
    day=days,
    took=st.just(-1),
    waited=st.just(-1),
)
pasts = st.lists(st.one_of(executed, unsent), max_size=40)

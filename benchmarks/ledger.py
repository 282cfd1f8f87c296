# SPDX-License-Identifier: LGPL-2.1-or-later
"""A ledger with a year of history: how large it is, and how long it takes to ask it.

    python -m benchmarks.ledger [--runs 3300000] [--days 365] [--seed N] [--ledger URL]

Runs are inserted in bulk, a month at a time, and each month rolled up and forgotten as `run` does
it. Two times are told: what passed, and how long this process worked.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, create_engine, func, insert, select, text

from models import (
    Catalog,
    Job,
    LabType,
    Learning,
    PlannerSettings,
    Platform,
    Retention,
    RunState,
    Runtime,
    Where,
    day_of,
    merged,
)
from planner.estimates import Estimator, Signature
from planner.ledger import Ledger
from planner.ledger.schema import counted, cycle, day, request, run, served

JOBS, PLATFORMS, LABS, TREES = 150, 120, 12, 20
BOARDS = 20  # that a job runs on
END = datetime(2026, 11, 1, 18, tzinfo=UTC)
PORTION = 10_000
BATCH_DAYS = 30
CANDIDATES = 10_000
WHERE = Where(file="year", line=1)

Row = dict[str, Any]


@dataclass(frozen=True)
class Year:
    """How much of a past is made, and from which seed."""

    runs: int
    days: int
    seed: int

    def rows(self, first: int) -> Iterator[tuple[Row, Row]]:
        """Yield requests and runs of the month that begins `first` days after the beginning."""
        length = min(BATCH_DAYS, self.days - first)
        count = self.runs * length // self.days
        draw = np.random.default_rng((self.seed, first))
        # Popularity falls with rank; a job runs on some boards, and a board is in a lab or two.
        job, tree = _popular(draw, JOBS, count), _popular(draw, TREES, count)
        platform = (7 * job + _popular(draw, BOARDS, count)) % PLATFORMS
        lab = (platform + (draw.random(count) < 0.3)) % LABS
        kind = job + 31 * platform % 97
        took = np.exp(np.log(300 + 20 * kind) + draw.normal(0, 0.3, count))
        waited = draw.exponential(600, count)
        begin = END - timedelta(days=self.days - first)
        sent = np.sort(draw.uniform(0, length * 86400, count))
        fails, spoiled = draw.random(count) < 0.15, draw.random(count) < 0.03
        for at in range(count):
            submitted = begin + timedelta(seconds=float(sent[at]))
            started = submitted + timedelta(seconds=float(waited[at]))
            ended = started + timedelta(seconds=float(took[at]))
            key = f"{first:04}{at:016x}"
            names = {"job": f"job-{job[at]}", "kind": "job", "tree": f"tree-{tree[at]}"}
            yield (
                {
                    "key": key,
                    **names,
                    "entry": "scheduler.yaml:1234",
                    "parent": f"{at:024x}",
                    "retry": 0,
                    "priority": 40,
                    "branch": "master",
                    "commit": f"{at // 100:040x}",
                    "patchset": False,
                    "seen": submitted,
                    "created": submitted,
                    "deadline": submitted + timedelta(hours=6),
                },
                {
                    "key": f"{key}-0",
                    "request": key,
                    "position": 0,
                    **names,
                    "arch": "arm64",
                    "state": RunState.FINISHED,
                    "planned": 1 + first // BATCH_DAYS,
                    "plan": "plan",
                    "runtime": f"lab-{lab[at]}",
                    "platform": f"board-{platform[at]}",
                    "device_type": f"board-{platform[at]}",
                    "priority": 40,
                    "expected_start_s": 600,
                    "expected_duration_s": 600,
                    "expected_cost": 0,
                    "intended": submitted,
                    "job_id": str(first * 1_000_000 + at),
                    "submitted": submitted,
                    "started": started,
                    "ended": ended,
                    "closed": ended + timedelta(seconds=60),
                    "result": "fail" if fails[at] else "pass",
                    "exit_status": None,
                    "infrastructure": bool(spoiled[at]),
                },
            )


def _popular(draw: np.random.Generator, count: int, size: int) -> NDArray[np.int64]:
    chance = 1 / np.arange(1, count + 1)
    return draw.choice(count, size=size, p=chance / chance.sum()).astype(np.int64)


@dataclass
class Clock:
    """What was measured: seconds that passed, and of them those of this process, by what it did."""

    spent: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Measure what is done inside, besides what was measured of it before."""
        begun = time.perf_counter(), time.process_time()
        yield
        passed, process = self.spent.get(what, (0.0, 0.0))
        passed += time.perf_counter() - begun[0]
        self.spent[what] = passed, process + time.process_time() - begun[1]


def fill(url: str, year: Year, clock: Clock) -> None:
    """Make the ledger as a year of cycles would leave it."""
    engine = create_engine(url)
    with Ledger.open(url) as ledger:
        for first in range(0, year.days, BATCH_DAYS):
            now = END - timedelta(days=max(0, year.days - first - BATCH_DAYS))
            with clock.of("insert all runs"):
                _insert(engine, year.rows(first), now)
            with clock.of("roll all up, 10,000 a transaction"):
                _portions(partial(ledger.roll_up, now, runs=PORTION))
            with clock.of("forget what is older than 90 days"):
                _portions(partial(ledger.forget, now, Retention(), runs=PORTION))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _insert(engine: Engine, rows: Iterator[tuple[Row, Row]], at: datetime) -> None:
    told = {"events": 0, "requests": 0, "seconds": "{}", "counts": "{}", "problems": "[]"}
    with engine.begin() as connection:
        connection.execute(insert(cycle).values(started=at, degraded=False, **told))
        while some := list(islice(rows, 50_000)):
            connection.execute(insert(request), [one for one, _ in some])
            connection.execute(insert(run), [one for _, one in some])


def _portions(portion: Callable[[], int]) -> None:
    while portion():
        pass


def catalog() -> Catalog:
    """Return the site of the year."""
    return Catalog(
        paths=(),
        jobs={f"job-{n}": Job(name=f"job-{n}", kind="job", where=WHERE) for n in range(JOBS)},
        platforms={
            f"board-{n}": Platform(name=f"board-{n}", arch="arm64", where=WHERE)
            for n in range(PLATFORMS)
        },
        runtimes={
            f"lab-{n}": Runtime(name=f"lab-{n}", lab_type=LabType.LAVA, where=WHERE)
            for n in range(LABS)
        },
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        planner=PlannerSettings(),
    )


def ask(url: str, clock: Clock) -> dict[str, int]:
    """Ask the ledger what a cycle and what people ask, and return how much was told."""
    site, learning = catalog(), Learning()
    draw = np.random.default_rng(0)
    candidates = [
        Signature(f"job-{job}", f"board-{board}", f"lab-{lab}")
        for job, board, lab in draw.integers((JOBS, PLATFORMS, LABS), size=(CANDIDATES, 3)).tolist()
    ]
    with Ledger.open(url, read_only=True) as ledger:
        with clock.of("read what estimates learn from, first cycle"):
            ledger.outcomes(END, learning)
        with clock.of("read what estimates learn from, next cycles"):
            past = ledger.outcomes(END, learning)
        with clock.of("learn"):
            estimator = Estimator(site, past, learning=learning, now=END)
        with clock.of("estimate 10,000 candidates"):
            estimator.estimates(candidates)
        with clock.of("report a month"):
            month = merged([ledger.cells(day_of(END) - 30, day_of(END))])
        with clock.of("report a year"):
            year = merged([ledger.cells(day_of(END) - 365, day_of(END))])
    return {
        "rows that estimates learn from": len(past),
        "runs that they stand for": int(past.runs.sum()),
        "cells of a month": len(month),
        "cells of a year": len(year),
        "runs in them": int(year.runs.sum()),
    }


def sizes(url: str) -> dict[str, float]:
    """Return the size of the ledger and of what is in it, in MB, and numbers of rows."""
    engine = create_engine(url)
    with engine.connect() as connection:
        told = {
            f"rows of {table.name}": float(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
            )
            for table in (run, request, day, counted, served)
        }
        packed = connection.execute(select(func.sum(func.length(day.c.document)))).scalar_one()
        if engine.dialect.name == "sqlite":
            question = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        else:
            question = "SELECT pg_database_size(current_database())"
        size = connection.execute(text(question)).scalar_one()
    engine.dispose()
    return told | {"MB of days": float(packed or 0) / 1e6, "MB": float(size) / 1e6}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger")
    parser.add_argument("--runs", type=int, default=3_300_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ledger", help="URL of a database without any table")
    parser.add_argument("--asked", action="store_true", help="the ledger is filled: only ask it")
    asked = parser.parse_args()
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.ledger or f"sqlite:///{folder}/year.db"
        if not asked.asked:
            fill(url, Year(asked.runs, asked.days, asked.seed), clock)
        told = {**sizes(url), **ask(url, clock)}
    for what, number in told.items():
        sys.stdout.write(f"| {what} | {number:,.0f} |\n")
    for what, (passed, process) in clock.spent.items():
        sys.stdout.write(f"| {what} | {passed:.3f} s | {process:.3f} s |\n")


if __name__ == "__main__":
    main()

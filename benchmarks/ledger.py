# SPDX-License-Identifier: LGPL-2.1-or-later
"""A ledger with a year of history: how large it is, and how long it takes to ask it.

    python -m benchmarks.ledger [--runs 3300000] [--days 365] [--full 90] [--seed N] [--ledger URL]

It is left as a year of cycles leaves it, but written in bulk: what was forgotten is only in the
histograms, runs of the last 90 days are there in full, all but the last two days are rolled up.
Estimates learn from 90 days, of most of these from histograms: for them `--runs 858895 --days 95
--full 5` is as good as a year.
Two times are told: what passed, and how long this process worked.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, select, text

from models import (
    Catalog,
    Cells,
    Ending,
    HealthSettings,
    Job,
    LabType,
    Learning,
    PlannerSettings,
    Platform,
    Policy,
    Retention,
    RunState,
    Runtime,
    Subject,
    Where,
    day_of,
    merged,
    start_of,
)
from models.cells import DAY_S, bucket
from planner.estimates import Estimator, Health, Signature, Staleness
from planner.ledger import Ledger, days
from planner.ledger.schema import counted, cycle, day, request, run, served

JOBS, PLATFORMS, LABS, TREES = 150, 120, 12, 20
BOARDS = 20  # that a job runs on
END = datetime(2026, 11, 1, 18, tzinfo=UTC)
LAST = day_of(END)
FRESH_DAYS = 2  # the newest, which are not rolled up
CANDIDATES = 10_000
PORTION = 10_000
WHERE = Where(file="year", line=1)

Ints = NDArray[np.int64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Day:
    """The runs that ended on a day; times are milliseconds, `ended` those since 1970."""

    number: int
    job: Ints
    platform: Ints
    lab: Ints
    tree: Ints
    ending: Ints  # 0: pass, 1: fail, 2: incomplete for the place
    took: Ints
    waited: Ints
    ended: Ints

    def cells(self) -> Cells:
        """Return them as a roll-up does."""
        place = self.job * PLATFORMS * LABS + self.platform * LABS + self.lab
        places, subject = np.unique(place, return_inverse=True)
        fates, ending = np.unique(3 * self.tree + self.ending, return_inverse=True)
        return Cells(
            subjects=tuple(_subject(one) for one in places.tolist()),
            endings=tuple(_ending(one) for one in fates.tolist()),
            day=np.full(len(place), self.number),
            subject=subject,
            ending=ending,
            duration=bucket(self.took),
            wait=bucket(self.waited),
            runs=np.ones(len(place), dtype=np.int64),
            duration_ms=self.took,
            wait_ms=self.waited,
        )


def _subject(place: int) -> Subject:
    job, board, lab = place // (PLATFORMS * LABS), place // LABS % PLATFORMS, place % LABS
    return Subject(f"job-{job}", "job", f"board-{board}", f"board-{board}", f"lab-{lab}", "arm64")


def _ending(fate: int) -> Ending:
    result = ("pass", "fail", "incomplete")[fate % 3]
    return Ending(f"tree-{fate // 3}", RunState.FINISHED, result, fate % 3 == 2, None, False)


def made(number: int, runs: int, seed: int) -> Day:
    """Return a day of so many runs.

    Popularity falls with rank; a job runs on some boards, and a board is in a lab or two.
    """
    draw = np.random.default_rng((seed, number))
    job = _popular(draw, JOBS, runs)
    platform = (7 * job + _popular(draw, BOARDS, runs)) % PLATFORMS
    usual = np.log(300 + 20 * ((job + 31 * platform) % 97))
    return Day(
        number=number,
        job=job,
        platform=platform,
        lab=(platform + (draw.random(runs) < 0.3)) % LABS,
        tree=_popular(draw, TREES, runs),
        ending=draw.choice(3, size=runs, p=(0.82, 0.15, 0.03)),
        took=np.exp(usual + draw.normal(0, 0.3, runs)).astype(np.int64) * 1000 + 7,
        waited=(1000 * draw.exponential(600, runs)).astype(np.int64),
        ended=1000 * DAY_S * number + np.sort(draw.integers(0, 1000 * DAY_S, runs)),
    )


def _popular(draw: np.random.Generator, count: int, size: int) -> Ints:
    chance = 1 / np.arange(1, count + 1)
    return draw.choice(count, size=size, p=chance / chance.sum()).astype(np.int64)


@dataclass
class Clock:
    """What was measured: seconds that passed, and of them those of this process, by what it did."""

    spent: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Measure what is done inside."""
        begun = time.perf_counter(), time.process_time()
        yield
        self.spent[what] = time.perf_counter() - begun[0], time.process_time() - begun[1]


def fill(url: str, runs: int, past: int, full: int, seed: int) -> None:
    """Make the ledger; runs of the last `full` days are still there."""
    Ledger.open(url).close()
    engine = create_engine(url)
    told = {"events": 0, "requests": 0, "seconds": "{}", "counts": "{}", "problems": "[]"}
    with engine.begin() as connection:
        connection.execute(insert(cycle).values(started=END, degraded=False, **told))
    for number in range(LAST - past + 1, LAST + 1):
        write(engine, made(number, runs // past, seed), LAST - number, full)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def write(engine: Engine, one: Day, age: int, full: int) -> None:
    """Write the runs of a day that is so many days gone, as what is left of it by then."""
    size = len(one.job)
    rolled = age >= FRESH_DAYS
    keys = [f"{one.number:08x}{at:012x}" for at in range(size)]
    with engine.begin() as connection:
        if rolled:
            days.add(connection, one.cells())
            # As large and as scattered as those that are made of names.
            numbers = np.random.default_rng(one.number).integers(2**61, 2**62, size).tolist()
            _bulk(connection, counted, [{"execution": at, "day": one.number} for at in numbers])
        if age >= full:
            _bulk(connection, served, [{"request": key, "day": one.number} for key in keys])
            return
        told = [*_told(one, keys)]
        _bulk(connection, request, [_request(*names) for names in told])
        _bulk(connection, run, [_run(*names, rolled) for names in told])


def _told(one: Day, keys: list[str]) -> Iterator[tuple[str, Row, tuple[datetime, ...]]]:
    """Yield the key, the names and the times of each run."""
    begin = start_of(0)
    columns = (one.job, one.platform, one.lab, one.tree, one.ending, one.took, one.waited)
    rows = zip(keys, *(column.tolist() for column in (*columns, one.ended)), strict=True)
    for key, job, board, lab, tree, ending, took, waited, ended in rows:
        over = begin + timedelta(milliseconds=ended)
        started = over - timedelta(milliseconds=took)
        sent = started - timedelta(milliseconds=waited)
        names = {
            "job": f"job-{job}",
            "platform": f"board-{board}",
            "runtime": f"lab-{lab}",
            "tree": f"tree-{tree}",
            "result": ("pass", "fail", "incomplete")[ending],
            "infrastructure": ending == 2,
        }
        yield key, names, (sent, started, over)


def _request(key: str, names: Row, times: tuple[datetime, ...]) -> Row:
    return {
        "key": key,
        "entry": "scheduler.yaml:1234",
        "job": names["job"],
        "kind": "job",
        "parent": f"6650000000{key[6:]}",
        "retry": 0,
        "priority": 40,
        "tree": names["tree"],
        "branch": "master",
        "commit": f"{key[:16]:0<40}",
        "patchset": False,
        "seen": times[0],
        "created": times[0],
        "deadline": times[0] + timedelta(hours=6),
    }


def _run(key: str, names: Row, times: tuple[datetime, ...], rolled: bool) -> Row:
    return {
        **names,
        "key": f"{key}-0",
        "request": key,
        "position": 0,
        "kind": "job",
        "arch": "arm64",
        "state": RunState.FINISHED,
        "planned": 1,
        "plan": "plan-of-a-cycle",
        "device_type": names["platform"],
        "priority": 40,
        "expected_start_s": 600,
        "expected_duration_s": 600,
        "expected_cost": 0,
        "intended": times[0],
        "job_id": key[-7:],
        "submitted": times[0],
        "started": times[1],
        "ended": times[2],
        "closed": times[2],
        "rolled": rolled,
    }


def _bulk(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Insert rows as the driver takes them: to look at every value would take an hour."""
    columns = list(rows[0])
    sqlite = connection.dialect.name == "sqlite"
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join(["?" if sqlite else "%s"] * len(columns))
    values = [tuple(_plain(row[column], sqlite) for column in columns) for row in rows]
    cursor = connection.connection.cursor()
    cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", values)  # noqa: S608
    cursor.close()


def _plain(value: Any, sqlite: bool) -> Any:
    if sqlite and isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


def catalog() -> Catalog:
    """Return the site of the year."""
    boards = [Platform(name=f"board-{n}", arch="arm64", where=WHERE) for n in range(PLATFORMS)]
    labs = [Runtime(name=f"lab-{n}", lab_type=LabType.LAVA, where=WHERE) for n in range(LABS)]
    return Catalog(
        paths=(),
        jobs={f"job-{n}": Job(name=f"job-{n}", kind="job", where=WHERE) for n in range(JOBS)},
        platforms={one.name: one for one in boards},
        runtimes={one.name: one for one in labs},
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
    with Ledger.open(url) as ledger:
        with clock.of("read what estimates learn from, first cycle"):
            ledger.outcomes(END, learning)
        with clock.of("read what estimates learn from, next cycle"):
            past = ledger.outcomes(END, learning)
        with clock.of("learn"):
            estimator = Estimator(site, past, learning=learning, now=END)
        with clock.of("estimate 10,000 candidates"):
            estimator.estimates(candidates)
        with clock.of("judge the health of labs and device types"):
            Health(estimator.past, HealthSettings())
        with clock.of("look for what is stale"):
            Staleness.known(past, (), now=END, most=Policy().stale_days)
        with clock.of("report a month"):
            month = merged([ledger.cells(LAST - 30, LAST)])
        with clock.of("report a year"):
            year = merged([ledger.cells(LAST - 365, LAST)])
        with clock.of("roll 10,000 runs up"):
            ledger.roll_up(END + timedelta(days=1), runs=PORTION)
        with clock.of("forget 10,000 runs"):
            ledger.forget(END + timedelta(days=2), Retention(), runs=PORTION)
    return {
        "rows that estimates learn from": len(past),
        "runs that these stand for": int(past.runs.sum()),
        "cells of a month": len(month),
        "cells of a year": len(year),
        "runs of a year": int(year.runs.sum()),
    }


def sizes(url: str) -> dict[str, float]:
    """Return the size of the ledger and of its days in MB, and how many rows its tables have."""
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
    parser.add_argument("--full", type=int, default=90, help="days whose runs are still there")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ledger", help="URL of a database without any table")
    asked = parser.parse_args()
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.ledger or f"sqlite:///{folder}/year.db"
        fill(url, asked.runs, asked.days, asked.full, asked.seed)
        told = {**sizes(url), **ask(url, clock)}
    for what, number in told.items():
        sys.stdout.write(f"| {what} | {number:,.0f} |\n")
    for what, (passed, process) in clock.spent.items():
        sys.stdout.write(f"| {what} | {passed:.3f} s | {process:.3f} s |\n")


if __name__ == "__main__":
    main()

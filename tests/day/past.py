# SPDX-License-Identifier: LGPL-2.1-or-later
"""The days before: a planner that has been at work for long has as much to learn from each day."""

from datetime import datetime

import numpy as np
from sqlalchemy import create_engine

from benchmarks.ledger import Day, write
from models import day_of
from models.cells import DAY_S
from planner.ledger import Ledger
from tests.day.world import ENTRIES, LABS, OF_EACH, TYPES

DAYS = 2  # as many runs as estimates learn from one by one, or nearly
MINUTE_MS = 60_000


def fill(url: str, now: datetime, runs: int, seed: int) -> None:
    """Make a ledger in which the days before `now` are over, each with so many runs."""
    Ledger.open(url).close()
    engine = create_engine(url)
    for number in range(day_of(now) - DAYS, day_of(now)):
        draw = np.random.default_rng((seed, number))
        lab = draw.integers(0, LABS, runs)
        device = (lab + 3 * draw.integers(0, OF_EACH, runs)) % TYPES
        write(
            engine,
            Day(
                number=number,
                job=draw.integers(0, ENTRIES, runs),
                platform=device,
                lab=lab,
                tree=np.zeros(runs, dtype=np.int64),
                ending=draw.choice([0, 2], size=runs, p=(0.97, 0.03)),
                took=draw.integers(4 * MINUTE_MS, 22 * MINUTE_MS, runs),
                waited=draw.integers(0, 10 * MINUTE_MS, runs),
                ended=1000 * DAY_S * number + np.sort(draw.integers(0, 1000 * DAY_S, runs)),
            ),
            age=0,
            full=DAYS,
        )
    engine.dispose()
    with Ledger.open(url) as ledger:
        ledger.roll_up(now, runs=DAYS * runs)

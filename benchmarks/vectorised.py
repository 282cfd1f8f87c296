# SPDX-License-Identifier: LGPL-2.1-or-later
"""Estimates of many candidates in one call, against one call for each of them.

    python -m benchmarks.vectorised [--candidates 100000] [--runs 12000]

Both are of the same candidates after the same simulated month, in processor time.
"""

import argparse
import sys
import time
from datetime import timedelta
from itertools import product
from typing import NamedTuple

from benchmarks.month import BEGIN, DAYS, LABS, simulate
from models import Catalog
from planner.estimates import Estimator, Signature


class Compared(NamedTuple):
    """Seconds of processor time, and of how many candidates the two said something else."""

    together_s: float
    alone_s: float
    different: int


def compare(candidates: int, runs: int) -> Compared:
    """Estimate so many candidates in one call, and then by a call for each."""
    month = simulate(0, runs)
    places = list(product(month.catalog.platforms, (f"lab-{lab}" for lab in range(LABS))))
    catalog = _with_jobs(month.catalog, -(-candidates // len(places)))
    asked = [Signature(job, *place) for job in catalog.jobs for place in places][:candidates]
    estimator = Estimator(catalog, month.history, now=BEGIN + timedelta(days=DAYS))
    begin = time.process_time()
    together = estimator.estimates(asked)
    between = time.process_time()
    alone = {one: estimator.estimates([one])[one] for one in asked}
    end = time.process_time()
    different = sum(together[one] != alone[one] for one in asked)
    return Compared(between - begin, end - between, different)


def _with_jobs(catalog: Catalog, count: int) -> Catalog:
    """Return the site with so many jobs: beyond its own, such as never ran."""
    known = list(catalog.jobs.values())
    more = (
        known[n % len(known)].model_copy(update={"name": f"new-{n}"})
        for n in range(len(known), count)
    )
    return catalog.model_copy(update={"jobs": catalog.jobs | {job.name: job for job in more}})


def main() -> None:
    """Print both times and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vectorised")
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=12_000, help="that were learned from")
    asked = parser.parse_args()
    found = compare(asked.candidates, asked.runs)
    sys.stdout.write(
        f"{asked.candidates} candidates: {found.together_s:.2f} s in one call,"
        f" {found.alone_s:.1f} s one by one, {found.alone_s / found.together_s:.0f} times as long;"
        f" {found.different} of them differ\n"
    )


if __name__ == "__main__":
    main()

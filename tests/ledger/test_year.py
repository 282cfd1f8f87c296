# SPDX-License-Identifier: LGPL-2.1-or-later
"""The benchmark of a year, on a small one: what it makes is a ledger like any other."""

from benchmarks.ledger import END, LAST, Clock, ask, fill, sizes
from models import Retention
from planner.ledger import Ledger
from tests.ledger.test_rollup import told

RUNS, DAYS = 1200, 120


def test_a_small_year(empty: str) -> None:
    """No run is lost or counts twice, forgotten or not, and both days that are left roll up."""
    fill(empty, RUNS, DAYS, full=90, seed=1)
    told_sizes = sizes(empty)
    assert told_sizes["rows of run"] == told_sizes["rows of request"] == RUNS * 90 // DAYS
    assert told_sizes["rows of served"] == RUNS * 30 // DAYS
    assert told_sizes["rows of counted"] == RUNS * (DAYS - 2) // DAYS
    clock = Clock()
    asked = ask(empty, clock)
    assert asked["runs of a year"] == RUNS
    assert asked["rows that estimates learn from"] <= asked["runs that these stand for"] <= RUNS
    assert len(clock.spent) == 10
    with Ledger.open(empty) as ledger:
        before = told(ledger.cells(0, LAST))
        ledger.forget(END, Retention(keep=7 * 86400), runs=RUNS)
        assert told(ledger.cells(0, LAST)) == before

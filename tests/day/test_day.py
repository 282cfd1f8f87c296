# SPDX-License-Identifier: LGPL-2.1-or-later
"""A short day: nothing is lost or doubled, whatever fails; the long one is measured by hand."""

from pathlib import Path

from tests.day.day import LEVEL, QUARTERS, day, table
from tests.day.world import BRANCHES, ENTRIES, RUNS


def test_a_short_day(tmp_path: Path) -> None:
    """Each wanted run is with one lab, or waits or ended unsent with a reason."""
    done = day(tmp_path / "day", cycles=16, runs=240, seed=3, past=300)
    verdict = done.verdict
    assert (verdict.lost, verdict.doubled, done.failed) == ((), (), ())
    assert verdict.wanted == sum(verdict.states.values()) - verdict.retries >= 240
    assert verdict.wanted < BRANCHES * ENTRIES * RUNS
    assert verdict.states["finished"] > 0
    assert len(done.measured) == 16
    assert [len(quarter) for quarter in done.quarters()] == [3] * QUARTERS
    assert set(done.ratios()) == set(LEVEL)
    assert f"16 cycles, {verdict.wanted} runs wanted" in table(done)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A period counted: exact counts and sums, quantiles by bucket, whatever was rolled up."""

from collections.abc import Callable

from hypothesis import given, settings

from models import By, merged
from models.cells import EDGES, bucket
from planner.history import accounts
from planner.history.accounts import total
from tests.history.cells import FIRST, LAST, Ran, cells, pasts

KEY: dict[By, Callable[[Ran], object]] = {
    By.LAB: lambda run: run.lab,
    By.JOB: lambda run: run.job,
    By.TREE: lambda run: run.tree,
}


@settings(max_examples=40, deadline=None)
@given(pasts)
def test_rolled_up_or_not_is_the_same(runs: list[Ran]) -> None:
    """Counts, sums, means and quantiles of cells are those of single runs, to the digit."""
    for by in By:
        single = accounts(cells(runs), by, FIRST, LAST)
        assert accounts(merged([cells(runs)]), by, FIRST, LAST) == single


@settings(max_examples=40, deadline=None)
@given(pasts)
def test_every_run_is_in_one_row(runs: list[Ran]) -> None:
    """Rows are what somebody counts by hand."""
    for by, key in KEY.items():
        told = {row.name: row for row in accounts(cells(runs), by, FIRST, LAST).rows}
        assert told.keys() == {key(run) for run in runs}
        for name, row in told.items():
            ran = [run for run in runs if key(run) == name and run.state == "finished"]
            never = [run for run in runs if key(run) == name and run.state != "finished"]
            assert row.runs == len(ran) == row.passed + row.failed + row.other
            assert row.passed == sum(run.result == "pass" for run in ran)
            assert row.infrastructure == sum(run.spoiled for run in ran)
            took = [run.took for run in ran if run.took >= 0]
            assert row.timed == len(took)
            assert abs(row.device_s - sum(took) / 1000) <= 0.5
            assert sum(row.unsent.values()) == len(never)
            waited = [run for run in ran + never if run.reason]
            assert sum(one.placed + one.unsent for one in row.waited) == len(waited)


@settings(max_examples=40, deadline=None)
@given(pasts)
def test_quantiles_are_within_a_bucket(runs: list[Ran]) -> None:
    """The median is in the bucket of the run that half of the others do not exceed."""
    told = total(cells(runs))
    for said, share in ((told.duration_median_s, 0.5), (told.duration_p90_s, 0.9)):
        took = sorted(run.took for run in runs if run.took >= 0)
        if not took:
            assert said is None
            continue
        exact = took[max(0, -(-int(share * 1000 * len(took)) // 1000) - 1)]
        (found,) = bucket(cells([Ran(took=exact)]).duration_ms).tolist()
        assert said is not None
        assert EDGES[found] / 1000 - 0.5 <= said <= EDGES[found + 1] / 1000 + 0.5


def test_nothing_was_over() -> None:
    """An empty period has no rows, and a total of nothing."""
    told = accounts(cells([]), By.LAB, FIRST, LAST)
    assert told.rows == ()
    assert (told.total.runs, told.total.wait_mean_s, told.total.waited) == (0, None, ())


def test_most_runs_come_first_and_nowhere_last() -> None:
    """Labs are in the order in which they matter; days are in their own."""
    runs = [Ran(lab="b"), Ran(lab="a"), Ran(lab="a"), *[Ran(lab=None, state="expired")] * 5]
    told = accounts(cells(runs), By.LAB, FIRST, LAST)
    assert [row.name for row in told.rows] == ["a", "b", None]
    later = [Ran(day=20_800), Ran(day=20_799), Ran(day=20_800)]
    days = accounts(cells(later), By.DAY, FIRST, LAST)
    assert [(row.name, row.runs) for row in days.rows] == [("2026-12-12", 1), ("2026-12-13", 2)]

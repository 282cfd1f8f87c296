# SPDX-License-Identifier: LGPL-2.1-or-later
"""What has not run for how long."""

from planner.estimates import Signature, coverage
from tests.candidates.site import NOW
from tests.estimates.past import HERE, catalog, history, ran

DAY = 86400


def test_the_stalest_comes_first_and_each_tree_counts_on_its_own() -> None:
    """The last run of each counts, not the first."""
    runs = [
        ran(10, tree="mainline", days=9),
        ran(10, tree="mainline", days=2),
        ran(10, tree="next", days=5),
    ]
    found = coverage(catalog(), history(runs), now=NOW)
    assert [(row.tree, row.age_s, row.runs) for row in found] == [
        ("next", 5 * DAY, 1),
        ("mainline", 2 * DAY, 2),
    ]


def test_what_never_ran_comes_first_of_all() -> None:
    """If it should run, and did not for any tree."""
    found = coverage(
        catalog(), history([ran(10)]), now=NOW, never=[("ltp", "pi"), ("boot", "rock")]
    )
    assert (found[0].job, found[0].last) == ("ltp", None)
    assert [row.job for row in found] == ["ltp", "boot"]


def test_spoiled_runs_and_jobs_of_old_do_not_count() -> None:
    """The place tested nothing, and nobody wants the job any more."""
    runs = [ran(10, HERE, infrastructure=True), ran(10, Signature("gone", "rock", "lava"))]
    assert coverage(catalog(), history(runs), now=NOW) == ()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Staleness: the days since a job last ran on a device type for a tree."""

from models import History
from planner.estimates import Ran, Signature, Staleness
from tests.candidates.site import NOW
from tests.estimates import past

# Job, device type, tree, days ago, spoiled.
Run = tuple[str, str, str | None, float, bool]


def known(*runs: Run, most: int = 14, under_way: tuple[Ran, ...] = ()) -> Staleness:
    """Return what these runs tell."""
    history = past.history(
        past.ran(600, Signature(job, board, "lava"), tree=tree, days=days, infrastructure=spoiled)
        for job, board, tree, days, spoiled in runs
    )
    return Staleness.known(history, under_way, now=NOW, most=most)


def test_whole_days_since_the_last_sound_run_count() -> None:
    """The last run counts; one that the place spoiled tested nothing."""
    found = known(
        ("boot", "juno", "next", 9.5, False),
        ("boot", "juno", "next", 3.5, False),
        ("boot", "juno", "next", 0.5, True),
    )
    assert found.days("boot", "juno", "next") == 3


def test_trees_count_apart_but_for_runs_whose_tree_nobody_knows() -> None:
    """A run for another tree makes nothing fresh, one of an unknown tree does."""
    runs = (("boot", "juno", "next", 9.0, False), ("boot", "juno", "mainline", 1.0, False))
    assert known(*runs).days("boot", "juno", "next") == 9
    assert known(*runs, ("boot", "juno", None, 4.0, False)).days("boot", "juno", "next") == 4


def test_what_never_ran_is_as_stale_as_the_past_is_long() -> None:
    """It is stale since the past that is known begins, and never by more than `most`."""
    runs = ("boot", "juno", "next", 9.0, False)
    assert known(runs).days("boot", "rk3399", "next") == 9
    assert known(runs, most=5).days("boot", "rk3399", "next") == 5


def test_what_is_under_way_is_not_stale() -> None:
    """A run that was sent and has not ended counts as one of now."""
    found = known(("boot", "juno", "next", 9.0, False), under_way=(("boot", "juno", "next"),))
    assert found.days("boot", "juno", "next") == 0
    assert found.days("boot", "rk3399", "next") == 9


def test_nothing_is_stale_where_nothing_is_known() -> None:
    """Without a history, with an empty one, or if the policy leaves it out."""
    run = ("boot", "juno", "next", 9.0, False)
    for found in (
        Staleness.known(None, (), now=NOW, most=14),
        Staleness.known(History(), (), now=NOW, most=14),
        known(run, most=0),
    ):
        assert found.days("boot", "juno", "next") == 0

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Staleness: the days since a job last ran on a device type for a tree."""

from itertools import product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

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


# In whole hours: times of the clock are not finer than microseconds, and fractions of days are.
some_days = st.integers(0, 30 * 24).map(lambda hours: hours / 24)
# Job, board, tree, days ago and whether spoiled, of few enough names that runs meet.
some_runs = st.lists(
    st.tuples(
        st.sampled_from(["boot", "ltp"]),
        st.sampled_from(["rock", "pi"]),
        st.sampled_from(["next", "mainline", None]),
        some_days,
        st.booleans(),
    ),
    max_size=8,
)
PAIRS = tuple(product(("boot", "ltp"), ("rock", "pi"), ("next", "mainline", "")))


def all_days(found: Staleness) -> list[int]:
    """Return the days of every pair."""
    return [found.days(*pair) for pair in PAIRS]


@given(runs=some_runs, more=some_runs, begin=st.integers(30, 60))
def test_more_runs_make_nothing_staler(runs: list[Run], more: list[Run], begin: int) -> None:
    """Within what is remembered, whatever else ran, and whatever place spoiled it."""
    first = ("build", "rock", "next", begin, False)
    before, after = known(first, *runs), known(first, *runs, *more)
    pairs = zip(all_days(before), all_days(after), strict=True)
    assert all(0 <= later <= earlier <= 14 for earlier, later in pairs)


@given(runs=some_runs, job=st.sampled_from(["boot", "ltp"]), days=some_days)
def test_a_run_is_no_staler_than_its_own_age(runs: list[Run], job: str, days: float) -> None:
    """Once it ran it counts as old as it is, for its own tree or for all that nobody knows."""
    after = known(*runs, (job, "rock", None, days, False), most=365)
    assert all(after.days(job, "rock", tree) <= days for tree in ("next", "mainline", ""))


@given(runs=some_runs, seed=st.randoms(use_true_random=False))
def test_the_order_of_runs_does_not_matter(runs: list[Run], seed: Random) -> None:
    """Whoever is told first."""
    shuffled = list(runs)
    seed.shuffle(shuffled)
    assert all_days(known(*runs)) == all_days(known(*shuffled))


@given(runs=some_runs)
def test_what_was_sent_is_fresh_for_its_tree_alone(runs: list[Run]) -> None:
    """Another tree waits as long as before."""
    after = known(*runs, under_way=(("boot", "rock", "next"),))
    assert after.days("boot", "rock", "next") == 0
    assert after.days("boot", "rock", "mainline") == known(*runs).days("boot", "rock", "mainline")

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What cannot have happened is counted, and nothing is learned from it."""

from datetime import timedelta
from typing import Any

import pytest

from models import Garbage
from planner.estimates.past import sieve
from tests.candidates.site import NOW
from tests.estimates.past import estimate, history, ran

SOUND = ran(100)
LATER = NOW + timedelta(days=400)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (SOUND | {"started": None}, "missing_times"),
        (SOUND | {"ended": None}, "missing_times"),
        (SOUND | {"started": NOW + timedelta(seconds=1)}, "ended_before_start"),
        (SOUND | {"started": NOW}, "no_time_at_all"),
        (SOUND | {"ended": LATER}, "in_the_future"),
        (SOUND | {"run": "0000"}, "duplicates"),
    ],
)
def test_garbage_is_counted_and_left_out(wrong: dict[str, Any], what: str) -> None:
    """The sound run counts as if the other one were not there."""
    past = sieve(history([SOUND, wrong]), NOW)
    assert past.garbage == Garbage(**{what: 1})
    assert past.duration.tolist() == [100.0]
    assert estimate(SOUND, wrong) == estimate(SOUND)


def test_the_same_job_of_a_lab_counts_once() -> None:
    """Two runs that turn out to be one job of a runtime are one; another lab's 17 is another."""
    told = [ran(100, job_id="17"), ran(100, job_id="17"), ran(100, job_id="17", runtime="cloud")]
    assert sieve(history(told), NOW).garbage == Garbage(duplicates=1)


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    """A lab's clock may be minutes ahead of ours."""
    ahead = ran(100, ended=NOW + timedelta(minutes=1))
    past = sieve(history([ahead]), NOW)
    assert past.garbage == Garbage()
    assert past.age.tolist() == [0.0]


def test_a_fraction_of_a_second_is_a_time() -> None:
    """Only no time at all is odd."""
    assert sieve(history([ran(0.25)]), NOW).duration.tolist() == [0.25]


def test_a_start_before_it_was_sent_is_no_wait() -> None:
    """The run counts and its wait does not; who looks is told so, as of all that is left out."""
    early = ran(100) | {"submitted": NOW}
    past = sieve(history([early, SOUND | {"ended": None}]), NOW)
    assert len(past) == 1
    assert past.duration.tolist() == [100.0]
    assert past.garbage == Garbage(missing_times=1, clock_skew=0)
    skewed = ran(1000) | {"submitted": NOW}
    assert sieve(history([skewed]), NOW).garbage == Garbage(clock_skew=1)
    assert len(Garbage(missing_times=2, duplicates=1, clock_skew=3).texts()) == 3

# SPDX-License-Identifier: LGPL-2.1-or-later
"""How labs and device types that spoil runs are treated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import HealthSettings
from planner.estimates import Condition, State, judge

SETTINGS = HealthSettings()


def after(pattern: str) -> Condition:
    """Return the condition after runs, a minute each: x spoiled, anything else sound."""
    return judge(((60.0 * at, run == "x") for at, run in enumerate(pattern)), SETTINGS)


def test_nothing_and_what_is_sound_is_sound() -> None:
    """A single spoiled run changes nothing, be it the first or one among many."""
    assert after("").state is after("x").state is State.SOUND
    assert after("." * 30 + "x" + "." * 3).state is State.SOUND


def test_each_state_follows_the_one_before() -> None:
    """While all runs of a good lab turn bad."""
    states = [after("." * 30 + "x" * bad).state for bad in range(20)]
    assert states == sorted(states)
    assert set(states) == set(State)


def test_who_is_out_recovers() -> None:
    """Sound probes bring it back, step by step."""
    states = [after("x" * 20 + "." * good).state for good in range(40)]
    assert states == sorted(states, reverse=True)
    assert (states[0], states[-1]) == (State.OUT, State.SOUND)


def test_what_spoils_everything_is_said_to_spoil_nearly_all() -> None:
    """However sound it was before: the runs that it is taken to have had fade as all do."""
    assert after("." * 30 + "x" * 40).share_permille > 950


@pytest.mark.parametrize(("spoils", "least"), [(0.25, 0.98), (0.33, 0.9)])
def test_a_place_that_spoils_some_is_not_kept_short(spoils: float, least: float) -> None:
    """It is dear, and gets all it can take: to repeat a run costs less than to wait for a lab."""
    drawn = np.random.default_rng(0).random(1000) < spoils
    pattern = "".join(".x"[int(one)] for one in drawn)
    states = [after(pattern[:end]).state for end in range(50, 1000, 10)]
    assert np.mean([state <= State.DEAR for state in states]) >= least


def test_a_place_that_spoils_nearly_all_is_out() -> None:
    """For what it would spoil has only a few retries."""
    drawn = np.random.default_rng(0).random(300) < 0.95
    pattern = "".join(".x"[int(one)] for one in drawn)
    states = [after(pattern[:end]).state for end in range(50, 300, 10)]
    assert np.mean([state is State.OUT for state in states]) >= 0.95


def test_what_a_state_admits() -> None:
    """Few runs at a time, then one after a rest; what is under way counts."""
    assert after("....").admits(SETTINGS, 0, 9) is None
    probed, out = Condition(State.PROBED), Condition(State.OUT, last=100, rest_s=600)
    assert [probed.admits(SETTINGS, 0, sent) for sent in (0, 1, 2, 3)] == [2, 1, 0, 0]
    assert [out.admits(SETTINGS, now, 0) for now in (699, 700)] == [0, 1]
    assert out.admits(SETTINGS, 700, 1) == 0


def test_rests_grow_with_each_probe_that_is_spoiled() -> None:
    """And are never longer than the longest."""
    rests = [after("x" * bad).rest_s for bad in range(6, 40)]
    assert rests == sorted(rests)
    assert rests[0] < rests[-1] == SETTINGS.rest_most


@given(st.integers(0, 100), st.integers(100, 600), st.integers(0, 99))
def test_a_constant_share_of_spoiled_runs_does_not_flap(
    percent: int, runs: int, offset: int
) -> None:
    """However long it lasts, the state changes no more often than there are states."""
    spoiled = [
        at * percent // 100 != (at + 1) * percent // 100 for at in range(offset, offset + runs)
    ]
    found = after("".join(".x"[one] for one in spoiled))
    assert found.changes < len(State)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), max_size=40))
def test_the_order_of_arrival_does_not_matter(
    runs: list[tuple[float, bool]],
) -> None:
    """Only when they ended does."""
    assert judge(runs, SETTINGS) == judge(runs[::-1], SETTINGS)


@given(st.lists(st.booleans(), max_size=60))
def test_one_more_spoiled_run_makes_nothing_better(runs: list[bool]) -> None:
    """Nor a sound one worse."""
    pattern = "".join(".x"[one] for one in runs)
    assert after(pattern + "x").state >= after(pattern).state >= after(pattern + ".").state

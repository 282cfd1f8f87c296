# SPDX-License-Identifier: LGPL-2.1-or-later
"""Numbers and names as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.plan.wording import (
    FULL_NAMES_FROM,
    RunNames,
    amount,
    counted,
    lasting,
    money,
    named,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (185, "3m05s"),
        (1230, "20m"),
        (3600, "1h00m"),
        (3900, "1h05m"),
        (180_000, "2d02h"),
    ],
)
def test_lasting(seconds: int, text: str) -> None:
    """Two units at most, the finer one only where it matters."""
    assert lasting(seconds) == text


def test_amounts_have_the_unit_of_their_tier() -> None:
    """Value in points, repeats counted, completion as a duration, cost as money."""
    assert amount("value", 12_345) == "123.45 points"
    assert amount("diversity", 1) == "1 repeat"
    assert amount("completion", 3900) == "1h05m"
    assert amount("cost", 2500) == money(2500) == "2.500"
    assert amount("something else", 7) == "7"


def test_counted() -> None:
    """None, one and several."""
    assert [counted(n, "run") for n in (0, 1, 2)] == ["no runs", "1 run", "2 runs"]


def test_named() -> None:
    """A few are named, the others counted."""
    assert named(["a", "b"], 2) == "a, b"
    assert named(["a", "b", "c", "d"], 2) == "a, b and 2 more"


keys = st.sets(st.text("0123456789abcdef", min_size=20, max_size=20), min_size=1, max_size=40)


@given(requests=keys)
def test_short_names_stay_apart(requests: set[str]) -> None:
    """On a narrow console runs have short names, each its own, each the start of its key."""
    names = RunNames(requests, 80)
    short = [names.of(f"{request}-0") for request in requests]
    assert len(set(short)) == len(requests)
    for request in requests:
        assert request.startswith(names.of_request(request))
        assert names.of(f"{request}-12") == f"{names.of_request(request)}-12"


@given(requests=keys)
def test_full_names_where_there_is_room(requests: set[str]) -> None:
    """On a wide console and in a file nothing is shortened."""
    names = RunNames(requests, FULL_NAMES_FROM)
    assert all(names.of(f"{request}-0") == f"{request}-0" for request in requests)

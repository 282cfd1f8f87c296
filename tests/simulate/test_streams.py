# SPDX-License-Identifier: LGPL-2.1-or-later
"""Randomness with names."""

from planner.simulate.streams import stream


def test_a_name_gives_the_same_numbers_everywhere() -> None:
    """These numbers were drawn on another machine."""
    assert stream(1, "lab", "north").integers(1000, size=4).tolist() == [684, 840, 240, 224]


def test_another_seed_or_name_gives_others() -> None:
    """Seeds and names, and where one name ends and the next begins, all count."""
    drawn = [
        stream(seed, *names).integers(2**32)
        for seed, names in ((1, ("a", "b")), (2, ("a", "b")), (1, ("ab",)), (1, ("a", "c")))
    ]
    assert len(set(drawn)) == len(drawn)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""On a small simulated month, learned estimates are better than what is declared."""

from datetime import timedelta

import pytest

from benchmarks.estimates import pinball, roll
from benchmarks.month import simulate


@pytest.mark.parametrize("share", [0, 1], ids=["median", "p90"])
def test_learning_pays(share: int) -> None:
    """Rolled two days at a time, the loss of the learned quantile is below the declared one's.

    Signatures that never ran count, too: not only what much is known of is asked for.
    """
    losses = {"learned": 0.0, "declared": 0.0}
    for group, way, took, said in roll(simulate(seed=7, runs=2000), timedelta(days=2)):
        if group == "all" and way in losses:
            losses[way] += pinball(took, said[share], (0.5, 0.9)[share])
    assert losses["learned"] < losses["declared"]


def test_the_same_seed_is_the_same_month() -> None:
    """Anybody can measure again."""
    assert simulate(seed=3, runs=50).history == simulate(seed=3, runs=50).history
    assert simulate(seed=3, runs=50).history != simulate(seed=4, runs=50).history

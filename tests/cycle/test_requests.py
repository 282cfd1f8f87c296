# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a run costs in requests, and what a cycle does whatever it sends."""

import pytest

from tests.cycle.requests import costs


@pytest.mark.parametrize(
    ("kind", "each", "shared"),
    [("lava", 1, 8), ("kubernetes", 0, 12), ("docker", 0, 6), ("shell", 1, 5), ("pull_labs", 1, 6)],
)
def test_requests_for_a_run(kind: str, each: int, shared: int) -> None:
    """A run costs at most one request beside its node and its job, and only where that is news.

    A lab numbers its jobs itself, a pull lab has to be told that there is one, and of a shell
    nobody else tells the end. Where the job's name follows from the run, the node has it from the
    beginning.
    """
    few, many = (costs(kind, runs, 2)[-1] for runs in (3, 11))
    assert many.total - few.total == 8 * each
    assert few.total - 3 * each <= shared
    assert many.api["PATCH /node/ID"] == 11 * each

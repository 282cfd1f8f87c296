# SPDX-License-Identifier: LGPL-2.1-or-later
"""One call for all candidates, and one for each."""

from benchmarks.vectorised import compare


def test_candidates_are_estimated_alike_alone_and_together() -> None:
    """What is said of a candidate does not depend on what else is asked."""
    assert compare(candidates=300, runs=300).different == 0

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was learned, as it is shown."""

from planner.estimates import Signature, survey
from tests.candidates.site import NOW
from tests.estimates.past import DECLARED_S, HERE, LEARNING, catalog, estimate, history, ran

RUNS = [ran(100), ran(120), ran(5, infrastructure=True), ran(1, Signature("gone", "pi", "lava"))]


def test_it_says_what_the_planner_would_use() -> None:
    """The figures of a signature are those of its estimate, beside the declared one."""
    (one,) = survey(catalog(), history(RUNS), learning=LEARNING, now=NOW).signatures
    known = estimate(*RUNS)
    assert (one.job, one.platform, one.device_type, one.runtime) == (*HERE[:2], "rock", "lava")
    assert (one.runs, one.infrastructure) == (3, 1)
    assert (one.median_s, one.p90_s, one.declared_s) == (
        known.duration_s,
        known.p90_s,
        DECLARED_S,
    )
    assert (one.risk_permille, one.rung) == (known.risk_permille, known.rung)


def test_what_does_not_count_is_counted() -> None:
    """Runs of what is not defined any more, and garbage, each have their number."""
    odd = ran(10, started=None)
    learned = survey(catalog(), history([*RUNS, odd]), learning=LEARNING, now=NOW)
    assert (learned.undefined, learned.garbage.missing_times) == (1, 1)

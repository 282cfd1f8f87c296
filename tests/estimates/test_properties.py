# SPDX-License-Identifier: LGPL-2.1-or-later
"""What holds of estimates, whatever happened."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models import Learning
from planner.estimates import Estimate, Signature
from tests.estimates.past import DECLARED_S, HERE, catalog, estimate, ran

SIGNATURES = [
    Signature(job, platform, runtime)
    for job in ("boot", "boot-nfs", "ltp", "build", "gone")
    for platform in ("rock", "pi", "minnow", "gone")
    for runtime in ("lava", "cloud", "gone")
]
RUNS = st.lists(
    st.builds(
        ran,
        st.floats(0.01, 1e6),
        st.sampled_from(SIGNATURES),
        days=st.floats(0, 100),
        infrastructure=st.booleans(),
    ),
    max_size=30,
)
DEFINED = st.sampled_from([one for one in SIGNATURES if "gone" not in one])


def named(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the runs, each with a key that it keeps in whatever order they come."""
    return [{**one, "run": f"run-{number}"} for number, one in enumerate(runs)]


@given(RUNS, DEFINED, st.integers(1, 10_000))
def test_estimates_are_positive_and_bounded_by_the_timeout(
    runs: list[dict[str, Any]], of: Signature, timeout: int
) -> None:
    """At least a second, at most the timeout, and the p90 is no less than the median."""
    known = estimate(*runs, of=of, site=catalog(timeout=timeout))
    assert 1 <= known.duration_s <= known.p90_s <= timeout * 60
    assert 0 <= known.risk_permille <= 1000


@given(RUNS, DEFINED, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    runs: list[dict[str, Any]], of: Signature, order: Any
) -> None:
    """The same runs, told in another order, give the same estimate."""
    told = named(runs)
    shuffled = order.sample(told, len(told))
    assert estimate(*told, of=of) == estimate(*shuffled, of=of)


@given(RUNS, DEFINED)
def test_what_is_told_twice_counts_once(runs: list[dict[str, Any]], of: Signature) -> None:
    """Repeating outcomes changes nothing."""
    told = named(runs)
    assert estimate(*told, *told, of=of) == estimate(*told, of=of)


@given(st.integers(1, 10**5), st.integers(0, 40))
def test_more_of_the_same_never_leads_away_nor_widens(seconds: int, count: int) -> None:
    """One more run that took the same brings the median no farther off, nor the p90 from it."""
    before = estimate(*(ran(seconds) for _ in range(count)))
    after = estimate(*(ran(seconds) for _ in range(count + 1)))
    assert abs(after.duration_s - seconds) <= abs(before.duration_s - seconds)
    assert _spread(after) <= _spread(before) + _rounding(before) + _rounding(after)


@given(RUNS)
def test_the_estimate_stays_between_what_was_declared_and_what_happened(
    runs: list[dict[str, Any]],
) -> None:
    """At a steady pace, no mixture of medians leaves the range of what it is made of."""
    seconds = [(one["ended"] - one["started"]).total_seconds() for one in runs]
    known = estimate(*runs, of=HERE, learning=Learning(drift_percent=0))
    assert round(max(1, min([*seconds, DECLARED_S]))) <= known.duration_s
    assert known.duration_s <= round(max([*seconds, DECLARED_S]))


def _spread(known: Estimate) -> float:
    return known.p90_s / known.duration_s


def _rounding(known: Estimate) -> float:
    """Return by how much whole seconds may change the spread."""
    return 2 * _spread(known) / known.duration_s

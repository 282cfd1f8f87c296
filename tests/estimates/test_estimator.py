# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is learned of a signature from its own runs and from those of its relatives."""

import pytest

from models import Catalog, Learning
from planner.estimates import Estimator, Signature
from tests.candidates.site import CLOUD, LAVA, NOW
from tests.estimates.past import DECLARED_S, HERE, LEARNING, catalog, estimate, history, ran


def test_without_a_history_the_estimate_is_what_is_declared() -> None:
    """Duration, cost and rung are the ladder's; nine in ten take twice as long at the most."""
    site = catalog(jobs={"boot": {"duration": 300}}, rates={LAVA.name: 3600})
    known = estimate(site=site)
    assert (known.duration_s, known.cost, known.rung) == (300, 300, "job")
    assert (known.p90_s, known.risk_permille) == (600, 0)


@pytest.mark.parametrize(
    ("relative", "rung"),
    [
        (HERE, "job x platform x runtime"),
        (Signature("boot", "rock", "cloud"), "job x platform"),
        (Signature("boot", "rock-5", "lava"), "job x mach"),
        (Signature("boot", "pi", "lava"), "job x arch"),
        (Signature("boot", "minnow", "lava"), "job"),
        (Signature("boot-nfs", "pi", "lava"), "job family"),
        (Signature("ltp", "pi", "lava"), "kind"),
    ],
)
def test_each_rung_speaks_where_it_is_the_closest(relative: Signature, rung: str) -> None:
    """Ten short runs of a relative shorten the estimate, by the rung that both are on."""
    known = estimate(*(ran(100, relative) for _ in range(10)))
    assert known.rung == f"history of {rung}"
    assert 100 < known.duration_s < DECLARED_S / 3


def test_those_who_are_not_related_tell_nothing() -> None:
    """Builds say nothing of tests."""
    build = Signature("build", "rock", "lava")
    assert estimate(*(ran(100, build) for _ in range(10))) == estimate()


def test_closer_relatives_count_more() -> None:
    """Between a board of the same mach and many of another arch, the former decides."""
    near = [ran(100, Signature("boot", "rock-5", "lava")) for _ in range(20)]
    far = [ran(5000, Signature("boot", "minnow", "lava")) for _ in range(20)]
    assert estimate(*near, *far).duration_s < 300


@pytest.mark.parametrize(
    ("declared", "counts"),
    [
        (catalog(jobs={"boot": {"duration": 600}}), False),
        (catalog(kinds={"job": {"duration": 600}}), True),
    ],
)
def test_a_declaration_goes_before_what_happened_to_others(declared: Catalog, counts: bool) -> None:
    """Other jobs of the kind do not speak of a job that was declared by itself."""
    others = [ran(10, Signature("ltp", "pi", "lava")) for _ in range(50)]
    known = estimate(*others, site=declared)
    assert (known.duration_s < 600) is counts


def test_one_run_does_not_decide() -> None:
    """A single run moves the estimate towards it, by less than half of the way."""
    known = estimate(ran(10 * DECLARED_S))
    assert DECLARED_S < known.duration_s < DECLARED_S * 10**0.5
    assert known.rung == "default"


def test_one_outlier_among_many_hardly_counts() -> None:
    """A run that took a hundred times as long leaves the median within a twentieth."""
    plain = [ran(200 + number) for number in range(20)]
    without, within = estimate(*plain), estimate(*plain, ran(20_000))
    assert within.duration_s == pytest.approx(without.duration_s, rel=0.05)


def test_what_happened_lately_counts_more() -> None:
    """After a half-life new runs outweigh as many old ones."""
    learning = Learning(prior_runs=1, half_life=86400)
    old = [ran(100, days=10) for _ in range(10)]
    new = [ran(1600) for _ in range(10)]
    assert estimate(*old, *new, learning=learning).duration_s > 1200


def test_spread_is_learned() -> None:
    """Steady runs have a p90 close to the median, unsteady ones one far from it."""
    steady = estimate(*(ran(300) for _ in range(40)))
    unsteady = estimate(*(ran(100 * (1 + number % 9)) for number in range(40)))
    assert steady.p90_s < 1.1 * steady.duration_s
    assert unsteady.p90_s > 1.4 * unsteady.duration_s


def test_a_job_never_takes_longer_than_its_timeout() -> None:
    """What runs of the past took does not matter then."""
    known = estimate(*(ran(9000) for _ in range(50)), site=catalog(timeout=20))
    assert (known.duration_s, known.p90_s) == (1200, 1200)


def test_a_learned_duration_costs_what_it_takes() -> None:
    """At an hourly rate the learned duration is paid for; a declared cost stays."""
    runs = [ran(100) for _ in range(100)]
    known = estimate(*runs, site=catalog(rates={"lava": 3600}))
    assert known.cost == known.duration_s < DECLARED_S
    assert estimate(*runs, site=catalog(kinds={"job": {"cost": 7}})).cost == 7


def test_a_spoiled_run_tells_of_the_place_and_not_of_the_job() -> None:
    """It raises the risk there and leaves the duration alone."""
    known = estimate(*(ran(5, infrastructure=True) for _ in range(80)))
    assert known.duration_s == DECLARED_S
    assert known.risk_permille > 700


def test_a_bad_lab_is_a_risk_for_every_job_there() -> None:
    """A job that never ran there shares its risk; another lab has far less of it."""
    bad = [ran(5, infrastructure=number % 2 == 0) for number in range(40)]
    good = [ran(5, Signature("boot", "rock", "cloud")) for _ in range(400)]
    there = estimate(*bad, *good, of=Signature("ltp", "pi", "lava"))
    elsewhere = estimate(*bad, *good, of=Signature("ltp", "pi", "cloud"))
    assert there.risk_permille > 400 > 50 > elsewhere.risk_permille


def test_one_spoiled_run_keeps_nobody_away() -> None:
    """A signature's first run was spoiled by chance: it stays nearly as good as its lab is."""
    lab = [ran(5, Signature("boot", "pi", "lava")) for _ in range(100)]
    known = estimate(*lab, ran(5, infrastructure=True))
    assert known.result_s <= 1.06 * known.duration_s


def test_runs_of_what_is_no_longer_defined_do_no_harm() -> None:
    """Jobs, platforms and runtimes of old may be in a history; their kind still tells."""
    gone = Signature("old-job", "old-board", "old-lab")
    known = estimate(*(ran(100, gone) for _ in range(10)))
    assert known.rung == "history of kind"


def test_many_are_estimated_as_each_is_alone() -> None:
    """Also where something is declared of a platform or a runtime of one job, and not of others."""
    places = [
        {"job": "boot", "platform": "pi", "duration": 70, "cost": 7},
        {"job": "boot", "platform": "rock", "runtime": "lava", "duration": 60},
    ]
    site = catalog(places=places, jobs={"ltp": {"duration": 500}}, rates={CLOUD.name: 3600})
    past = history([ran(100), ran(300, Signature("ltp", "pi", "lava"))])
    estimator = Estimator(site, past, learning=LEARNING, now=NOW)
    asked = [
        Signature(job, platform, runtime)
        for job in site.jobs
        for platform in site.platforms
        for runtime in site.runtimes
    ]
    together = estimator.estimates(asked)
    assert together == {one: estimator.estimates([one])[one] for one in asked}
    assert len({known.cost for known in together.values()}) > 2


def test_nothing_is_asked_for() -> None:
    """No signature, no estimate."""
    past = history([ran(100)])
    assert Estimator(catalog(), past, learning=LEARNING, now=NOW).estimates([]) == {}


def test_it_says_of_how_many_runs_it_is_and_what_they_weigh() -> None:
    """Three runs, one of which is a half-life old; what is declared is of none."""
    known = estimate(ran(100), ran(100), ran(100, days=LEARNING.half_life / 86400))
    assert known.samples == 3
    assert known.weight == pytest.approx(2.5)
    assert (estimate().samples, estimate().weight) == (0, 0)
    assert estimate(ran(100, runs=7)).samples == 7
    assert known.at_risk(500)[-2:] == known[-2:]

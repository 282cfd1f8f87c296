# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ladder of declarations: each rung, and what the more specific one overrides."""

from typing import Any

import pytest

from models import EstimateDefaults, Job
from planner.estimates import Ladder
from tests.candidates.site import CLOUD, LAVA, WHERE

JOB = Job(name="baseline", kind="job", where=WHERE)
# From the most general to the most specific; each adds one rung.
RUNGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("default", {"duration": 1000}),
    ("kind", {"kinds": {"job": {"duration": 900}}}),
    ("job", {"jobs": {"baseline": {"duration": 800}}}),
    (
        "job x platform",
        {"places": [{"job": "baseline", "platform": "juno", "duration": 700}]},
    ),
    (
        "job x platform x runtime",
        {
            "places": [
                {"job": "baseline", "platform": "juno", "duration": 700},
                {"job": "baseline", "platform": "juno", "runtime": "lava", "duration": 600},
            ]
        },
    ),
)


def ladder(**declared: Any) -> Ladder:
    """Return the ladder over what is declared."""
    return Ladder(EstimateDefaults.model_validate(declared))


@pytest.mark.parametrize("rungs", range(1, len(RUNGS) + 1))
def test_the_most_specific_rung_counts(rungs: int) -> None:
    """With each rung added, the new one speaks, and says so."""
    declared: dict[str, Any] = {}
    for _, adds in RUNGS[:rungs]:
        declared |= adds
    said = ladder(**declared).declaration(JOB, "juno", LAVA)
    assert (said.rung, said.duration_s) == (RUNGS[rungs - 1][0], 1100 - 100 * rungs)


def test_rungs_for_others_do_not_count() -> None:
    """Another job, kind, platform or runtime leaves the default."""
    others = ladder(
        duration=1000,
        kinds={"kbuild": {"duration": 1}},
        jobs={"ltp": {"duration": 2}},
        places=[
            {"job": "baseline", "platform": "rk3399", "duration": 3},
            {"job": "baseline", "platform": "juno", "runtime": "cloud", "duration": 4},
        ],
    )
    assert others.declaration(JOB, "juno", LAVA).rung == "default"
    assert others.declaration(JOB, "juno", CLOUD).duration_s == 4


def test_duration_and_cost_climb_on_their_own() -> None:
    """The job declares how long, its kind what it costs."""
    both = ladder(jobs={"baseline": {"duration": 60}}, kinds={"job": {"cost": 5}})
    said = both.declaration(JOB, "juno", LAVA)
    assert (said.duration_s, said.cost(said.duration_s)) == (60, 5)


@pytest.mark.parametrize(
    ("rates", "cost"),
    [({}, 0), ({"lava": 1200}, 600), ({"kubernetes": 9}, 0), ({"cloud": 1}, 0)],
)
def test_without_a_declared_cost_the_rate_of_the_runtime_counts(
    rates: dict[str, int], cost: int
) -> None:
    """Half an hour at 1200 an hour is 600; other runtimes' rates do not matter."""
    said = ladder(duration=1000, rates=rates).declaration(JOB, "juno", LAVA)
    assert said.cost(1800) == cost


def test_a_rate_by_name_goes_before_one_by_type() -> None:
    """The runtime's own rate is the more specific one."""
    rates = {"kubernetes": 3600, "cloud": 7200}
    assert ladder(rates=rates).declaration(JOB, "juno", CLOUD).cost(1) == 2


def test_a_cost_of_nothing_is_declared_all_the_same() -> None:
    """Zero is a statement; only what is not said falls through to the rate."""
    free = ladder(duration=3600, rates={"lava": 100}, jobs={"baseline": {"cost": 0}})
    assert free.declaration(JOB, "juno", LAVA).cost(3600) == 0


@pytest.mark.parametrize(
    ("timeout", "duration"), [(10, 600), ("10", 600), (1000, 1200), ("soon", 1200), (0, 1200)]
)
def test_a_job_never_takes_longer_than_its_own_timeout(timeout: int | str, duration: int) -> None:
    """`job_timeout` counts minutes; what is no number of them limits nothing."""
    job = JOB.model_copy(update={"params": {"job_timeout": timeout}})
    assert ladder().declaration(job, "juno", LAVA).duration_s == duration


def test_a_run_takes_at_least_a_second() -> None:
    """Nothing takes no time: waits are counted in durations."""
    assert ladder(jobs={"baseline": {"duration": 0}}).declaration(JOB, "juno", LAVA).duration_s == 1

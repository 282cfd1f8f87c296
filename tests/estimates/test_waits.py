# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is learned of waits."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planner.candidates import Queue
from planner.estimates import Estimator, Pace, Paces, Signature, Slot
from tests.candidates.site import NOW
from tests.estimates.past import HERE, LEARNING, catalog, history, ran

SERVICE_S = 600
TOLD = Slot("lava", "rock", told=True, service_s=SERVICE_S)
SILENT = Slot("lava", "rock", told=False, service_s=SERVICE_S)


def waited(seconds: float, promised: float | None, of: Signature = HERE, **more: Any) -> Any:
    """Return a run that waited so long, where its queue's length promised something else."""
    one = ran(SERVICE_S, of, expected_queue_s=promised, **more)
    return {**one, "submitted": one["started"] - timedelta(seconds=seconds)}


def pace_of_rank(priority: int, *runs: dict[str, Any], slot: Slot = TOLD) -> Pace:
    """Return how nine in ten runs of a priority fare in a slot after these runs."""
    estimator = Estimator(catalog(), history(runs), learning=LEARNING, now=NOW)
    return estimator.paces_of_ranks([slot], [priority])[0]


def paces(*runs: dict[str, Any], slot: Slot = TOLD) -> Paces:
    """Return what is expected of a slot after these runs."""
    return Estimator(catalog(), history(runs), learning=LEARNING, now=NOW).paces([slot])[0]


def test_without_a_history_a_queue_keeps_its_promise() -> None:
    """There is no delay, and each run ahead takes what runs are expected to take."""
    assert paces().usual == Pace(0, SERVICE_S)
    assert paces().slow.service_s > SERVICE_S


@pytest.mark.parametrize("factor", [0.5, 3])
def test_how_fast_a_queue_drains_is_learned(factor: float) -> None:
    """Where runs waited some times as long as promised, the next one is expected to."""
    runs = [waited(factor * promised, promised) for promised in range(1000, 6000, 100)]
    assert paces(*runs).usual.service_s == pytest.approx(factor * SERVICE_S, rel=0.15)


def test_a_few_that_wait_very_long_count_in_the_mean_alone() -> None:
    """One in five that waits ten times as long as promised is not what half of the runs see."""
    runs = [waited((10 if n % 5 == 0 else 1) * 2000, 2000) for n in range(100)]
    assert paces(*runs).usual.service_s == pytest.approx(SERVICE_S, rel=0.05)
    assert paces(*runs).mean.service_s == pytest.approx((10 + 4) / 5 * SERVICE_S, rel=0.1)


def test_who_is_overtaken_waits_longer() -> None:
    """What runs of a rank waited is learned, also for slots where none of them was."""
    slow = [waited(8000, 2000, priority=20) for _ in range(50)]
    fast = [waited(1000, 2000, priority=80) for _ in range(50)]
    low, high = (pace_of_rank(priority, *slow, *fast) for priority in (39, 90))
    assert low.service_s > 3 * SERVICE_S
    assert high.service_s < SERVICE_S
    elsewhere = pace_of_rank(20, *slow, *fast, slot=TOLD._replace(runtime="cloud"))
    assert elsewhere.service_s > 2 * SERVICE_S


def test_of_a_rank_that_never_waited_the_usual_is_said() -> None:
    """Nothing is known of it, and nothing made up."""
    assert pace_of_rank(0) == Pace(0, SERVICE_S)
    runs = [waited(6000, 2000, priority=None) for _ in range(50)]
    assert pace_of_rank(0, *runs) == paces(*runs).usual


def test_what_passes_before_a_start_on_an_idle_device_is_a_delay() -> None:
    """It is there for every run, and is no service time."""
    usual = paces(*(waited(90, 0) for _ in range(50))).usual
    assert usual.delay_s == pytest.approx(90, rel=0.25)
    assert usual.service_s == SERVICE_S


def test_of_a_runtime_that_tells_nothing_the_waits_themselves_are_learned() -> None:
    """What others were promised elsewhere does not matter, nor that nobody promised anything."""
    runs = [waited(1000 + 10 * number, None) for number in range(50)]
    blind = paces(*runs, slot=SILENT)
    assert 1000 < blind.usual.delay_s < 1250 < blind.slow.delay_s < 1500
    assert paces(*runs).usual.delay_s == 0, "a wait in a queue of unknown length is no delay"


def test_a_new_device_type_leans_on_its_lab() -> None:
    """A lab that drains slowly is slow for what never ran there."""
    runs = [waited(6000, 2000) for _ in range(50)]
    new = paces(*runs, slot=TOLD._replace(device_type="pi"))
    elsewhere = paces(*runs, slot=TOLD._replace(runtime="cloud"))
    assert new.usual.service_s > 1.5 * SERVICE_S
    assert SERVICE_S <= elsewhere.usual.service_s <= new.usual.service_s


@pytest.mark.filterwarnings("error")
def test_a_promise_of_next_to_nothing_counts_as_one_of_a_second() -> None:
    """Nothing is divided by it."""
    least, second = ([waited(600, promised) for _ in range(50)] for promised in (5e-324, 1))
    assert paces(*least) == paces(*second)


def test_clocks_that_differ_by_much_tell_nothing() -> None:
    """A start long before it was sent is no wait."""
    assert paces(*(waited(-3600, 600) for _ in range(50))).usual == Pace(0, SERVICE_S)


WAITS = st.lists(
    st.builds(
        waited,
        st.floats(0, 1e5),
        st.none() | st.floats(0, 1e5),
        st.sampled_from([HERE, Signature("ltp", "pi", "lava"), Signature("boot", "rock", "cloud")]),
        days=st.floats(0, 60),
        priority=st.none() | st.integers(0, 100),
        infrastructure=st.booleans(),
    ),
    max_size=20,
)


@given(WAITS, st.sampled_from([TOLD, SILENT]), st.integers(1, 9), st.integers(0, 40))
def test_waits_are_never_negative_nor_fall_with_the_queue(
    runs: list[dict[str, Any]], slot: Slot, devices: int, queued: int
) -> None:
    """Whatever happened; and nine in ten wait at least as long as one in two."""
    found = paces(*runs, slot=slot)
    shorter, longer = (
        Queue("lava", "rock", devices=devices, running=devices, queued=queue)
        for queue in (queued, queued + 1)
    )
    assert 0 <= shorter.wait(1, found.usual) <= longer.wait(1, found.usual)
    assert shorter.wait(1, found.usual) <= shorter.wait(1, found.slow) + devices
    assert 0 <= shorter.wait(1, found.mean) <= longer.wait(1, found.mean)
    rank = pace_of_rank(50, *runs, slot=slot)
    assert 0 <= shorter.wait(1, rank) <= longer.wait(1, rank)


# Too short for what was promised, they count as equally short, and not for equally much.
SHORT = [waited(0, 20), waited(0, 21), waited(3, 22), *[waited(0, None)] * 5]


@given(WAITS, st.sampled_from([TOLD, SILENT]), st.randoms(use_true_random=False))
@example(SHORT, TOLD, Random(1))
@example(SHORT, TOLD, Random(2))
def test_the_order_of_arrival_does_not_matter(
    runs: list[dict[str, Any]], slot: Slot, order: Any
) -> None:
    """The same waits, told in another order, are the same."""
    told = [{**one, "run": f"run-{number}"} for number, one in enumerate(runs)]
    other = order.sample(told, len(told))
    assert paces(*told, slot=slot) == paces(*other, slot=slot)
    assert pace_of_rank(50, *told, slot=slot) == pace_of_rank(50, *other, slot=slot)


@given(st.floats(300, 1e5), st.floats(0.2, 5), st.integers(40, 80))
def test_many_of_the_same_leave_less_doubt_than_none(
    promised: float, factor: float, count: int
) -> None:
    """Where runs waited alike, p90 and median come closer to each other."""
    known = paces(*(waited(factor * promised, promised) for _ in range(count)))
    assert _width(known) < _width(paces())


def _width(found: Paces) -> float:
    return found.slow.service_s / found.usual.service_s

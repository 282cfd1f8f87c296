# SPDX-License-Identifier: LGPL-2.1-or-later
"""A simulated LAVA lab: its order, its waits, its boards."""

from math import factorial
from statistics import mean, stdev
from typing import Any

import numpy as np
import pytest

from planner.runtimes.errors import NotSentError
from planner.simulate.fleet import LabSpec, Window
from planner.simulate.labs import LavaLab
from planner.simulate.labs.lab import Process
from planner.simulate.streams import stream
from tests.simulate.conftest import START, MakeWorld, dispatch, item

FOREVER = 1e12


def spec(boards: int, **more: Any) -> LabSpec:
    """Return a lab of boards that never break, are never checked and are given away at once."""
    plain: dict[str, Any] = {"board_life_s": FOREVER, "health_every_s": FOREVER, "poll_s": 0.0}
    return LabSpec("lava-north", devices={"rock": boards}, **{**plain, **more})


def erlang_c_wait(servers: int, load: float, service_s: float) -> float:
    """Return the mean wait in M/M/c, `load` being arrivals times service (in servers)."""
    last = load**servers / factorial(servers) * servers / (servers - load)
    waits = last / (sum(load**n / factorial(n) for n in range(servers)) + last)
    return waits * service_s / (servers - load)


def arrive(lab: LavaLab, plan: list[tuple[float, float]]) -> Process:
    """Have jobs arrive at these times, each as long as it says."""
    for number, (at, seconds) in enumerate(plan):
        yield lab.env.timeout(at - lab.env.now)
        lab.take(item(str(number), seconds=max(1.0, seconds), arrived=lab.env.now))


@pytest.mark.parametrize(("boards", "use"), [(1, 0.6), (3, 0.8), (8, 0.85)])
def test_waits_are_those_of_erlang_c(make_world: MakeWorld, boards: int, use: float) -> None:
    """With Poisson arrivals and exponential service, the mean wait is what the formula says."""
    service_s, jobs, means = 1000.0, 3000, []
    for seed in range(12):
        world = make_world(seed)
        lab, draw = LavaLab(world, spec(boards)), stream(seed, "arrivals")
        arrivals = np.cumsum(draw.exponential(service_s / (boards * use), size=jobs)).tolist()
        lengths = draw.exponential(service_s, size=jobs).tolist()
        world.env.process(arrive(lab, list(zip(arrivals, lengths, strict=True))))
        world.env.run(until=arrivals[-1] + 100 * service_s)
        waits = [i.started - i.arrived for i in lab.log if i.started is not None]
        means.append(mean(waits[jobs // 10 :]))
    half = 3.1 * stdev(means) / len(means) ** 0.5  # 99 % of Student's t with 11 degrees
    assert abs(mean(means) - erlang_c_wait(boards, boards * use, service_s)) < half


def test_the_highest_priority_goes_first_then_who_came_first(make_world: MakeWorld) -> None:
    """Six jobs of priorities 40, 45, 50, 55, 60, 40 start in the order of a real LAVA."""
    world = make_world(1)
    lab = LavaLab(world, spec(1))
    lab.take(item("busy"))
    for number, priority in enumerate((40, 45, 50, 55, 60, 40), start=13):
        lab.take(item(str(number), priority=priority, arrived=float(number)))
    world.env.run(until=1000)
    assert [i.name for i in lab.log] == ["busy", "17", "16", "15", "14", "13", "18"]


def test_a_board_that_became_free_is_given_away_at_the_next_look(make_world: MakeWorld) -> None:
    """What waits begins up to a poll later, unless a job that comes makes the lab look at once."""
    world = make_world(1)
    lab = LavaLab(world, spec(1, poll_s=20.0))
    world.env.process(arrive(lab, [(0.0, 65.0), (1.0, 61.0), (2.0, 10.0), (143.0, 10.0)]))
    world.env.run(until=1000)
    # Free at 65, 141 and 153; looked at by the clock at 80 and 160, and at 143 for the last one.
    assert [(i.name, i.started) for i in lab.log] == [("0", 0), ("1", 80), ("2", 143), ("3", 160)]


def test_every_idle_board_has_its_turn(make_world: MakeWorld) -> None:
    """Which board a job gets is drawn: of many jobs, each board has some."""
    world = make_world(1)
    lab = LavaLab(world, spec(4))
    world.env.process(arrive(lab, [(10.0 * number, 5.0) for number in range(80)]))
    world.env.run(until=2000)
    assert {i.device for i in lab.log} == {f"rock-0{n}" for n in (1, 2, 3, 4)}


def test_after_a_spoiled_run_the_board_is_checked_first(make_world: MakeWorld) -> None:
    """The next job waits for the health check."""
    world = make_world(1)
    lab = LavaLab(world, spec(1, health_check_s=240.0))
    lab.take(item("bad", seconds=60, spoiled=True))
    lab.take(item("next", seconds=60, arrived=1.0))
    world.env.run(until=2000)
    assert [(i.name, i.started) for i in lab.log] == [("bad", 0), ("next", 300)]


def test_a_broken_board_goes_offline_until_it_is_repaired(make_world: MakeWorld) -> None:
    """What runs on it is spoiled, the check after it finds out, and no capacity is told of."""
    world = make_world(1)
    lab = LavaLab(world, spec(1, board_life_s=10.0, repair_s=1e9))
    world.env.run(until=500)
    lab.take(item("lost", arrived=500.0))
    lab.take(item("waits", arrived=501.0))
    world.env.run(until=2000)
    assert [(i.name, i.spoiled) for i in lab.log] == [("lost", True)]
    devices = lab.snapshot(START, ["rock"]).devices
    assert devices is not None
    assert (devices["rock"].devices, devices["rock"].queue) == (0, 1)


def test_others_keep_their_share_of_the_boards_busy(make_world: MakeWorld) -> None:
    """A third of the boards' time goes to other users, give or take."""
    world = make_world(3)
    lab = LavaLab(world, spec(6, others=1 / 3))
    world.env.run(until=14 * 86400)
    busy = sum((i.ended or 0) - (i.started or 0) for i in lab.log)
    assert busy / (6 * 14 * 86400) == pytest.approx(1 / 3, abs=0.04)


def test_an_outage_loses_what_runs_and_keeps_what_waits(make_world: MakeWorld) -> None:
    """Nothing answers meanwhile; what waited starts when the lab is back."""
    world = make_world(1)
    lab = LavaLab(world, spec(1, outages=(Window(100, 400),)))
    for name in ("first", "second"):
        lab.submit(dispatch(name), "")
    lab.deliver()
    world.env.run(until=200)
    with pytest.raises(NotSentError):
        lab.submit(dispatch("third"), "")
    with pytest.raises(ConnectionError):
        lab.snapshot(START, ["rock"])
    world.env.run(until=401)
    assert [(i.name, i.spoiled, i.ended) for i in lab.log] == [("first", True, 100)]
    assert lab.open == 1


def test_in_maintenance_it_answers_and_starts_nothing(make_world: MakeWorld) -> None:
    """What runs goes on to its end; what waits starts afterwards."""
    world = make_world(1)
    lab = LavaLab(world, spec(1, maintenance=(Window(10, 400),)))
    lab.take(item("runs", seconds=60))
    lab.take(item("waits", seconds=60, arrived=1.0))
    world.env.run(until=300)
    devices = lab.snapshot(START, ["rock"]).devices
    assert devices is not None
    assert devices["rock"].devices == 0
    world.env.run(until=1000)
    assert [(i.name, i.started) for i in lab.log] == [("runs", 0), ("waits", 400)]

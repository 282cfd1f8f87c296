# SPDX-License-Identifier: LGPL-2.1-or-later
"""The simulated LAVA lab beside a real one: the same jobs, in what order and how long they wait."""

import time
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, permutations
from statistics import mean, median

import numpy as np
import pytest
import requests

from planner.config import load_catalog
from planner.simulate.fleet import LabSpec
from planner.simulate.labs import Item, LavaLab
from planner.simulate.labs.lab import Process
from tests.simulate.conftest import CONFIG, item, world_of
from tests.systems.lava.conftest import SIMULATED, TOKEN
from tests.systems.lava.server import POLL_S, Server

# Two jobs occupy the boards; then come bursts of five priorities. The last comes while the boards
# are busy for some seconds more: which job comes next must not hang on a moment.
BURSTS = ((0.0, (100, 100)), (7.0, (50, 20, 80, 35, 65)), (17.0, (65, 20, 80)))
DEFINITION = """\
job_name: simulated
device_type: {device_type}
visibility: public
priority: {priority}
timeouts: {{job: {{minutes: 10}}, action: {{minutes: 5}}}}
metadata: {{seconds: '{seconds}'}}
actions:
- deploy:
    to: tftp
    os: oe
    kernel: {{url: 'http://127.0.0.1:9/Image', type: image}}
    ramdisk: {{url: 'http://127.0.0.1:9/rootfs.cpio.gz', compression: gz}}
- boot: {{method: u-boot, commands: ramdisk, prompts: ['/ #']}}
"""


@dataclass(frozen=True)
class Ran:
    """One job of the real lab; times in seconds since the first was submitted."""

    job: int
    board: str
    priority: int
    submitted: float
    started: float
    ended: float


def send(url: str, priority: int, seconds: int) -> int:
    """Submit one job, and return its id."""
    definition = DEFINITION.format(device_type=SIMULATED, priority=priority, seconds=seconds)
    reply = requests.post(
        f"{url}/api/v0.2/jobs/",
        json={"definition": definition},
        headers={"Authorization": f"Token {TOKEN}"},
        timeout=30,
    )
    reply.raise_for_status()
    return int(reply.json()["job_ids"][0])


def watch(url: str, jobs: list[int], limit_s: float) -> list[Ran]:
    """Return what became of the jobs, as soon as all are over."""
    end = time.monotonic() + limit_s
    query: dict[str, str | int] = {
        "requested_device_type__name": SIMULATED,
        "ordering": "id",
        "limit": 100,
    }
    while True:
        told = requests.get(f"{url}/api/v0.2/jobs/", params=query, timeout=30).json()["results"]
        told = [job for job in told if job["id"] in jobs]
        if all(job["state"] == "Finished" for job in told):
            break
        assert time.monotonic() < end, "LAVA does not get on with its jobs"
        time.sleep(1)
    first = min(datetime.fromisoformat(job["submit_time"]) for job in told)

    def since(text: str) -> float:
        return (datetime.fromisoformat(text) - first).total_seconds()

    return [
        Ran(
            job["id"],
            job["actual_device"],
            job["priority"],
            *(since(job[key]) for key in ("submit_time", "start_time", "end_time")),
        )
        for job in told
    ]


@pytest.fixture(scope="module")
def real(server: Server) -> list[Ran]:
    """Return what a real lab made of the bursts."""
    draw, begun, jobs = np.random.default_rng(1), time.monotonic(), []
    for at, priorities in BURSTS:
        time.sleep(max(0.0, begun + at - time.monotonic()))
        jobs += [send(server.url, priority, int(draw.integers(8, 15))) for priority in priorities]
    return watch(server.url, jobs, 240)


def handover(real: list[Ran]) -> float:
    """Return how long a board stays free between two jobs, beyond waiting for LAVA to look.

    That is up to the machine and its load: the worker has to hear of the job and begin it.
    """
    gaps = []
    for board in {job.board for job in real}:
        there = sorted((job for job in real if job.board == board), key=lambda job: job.started)
        gaps += [
            after.started - before.ended
            for before, after in pairwise(there)
            if after.submitted < before.ended
        ]
    return max(0.0, median(gaps) - POLL_S / 2)


@pytest.fixture
def simulated(real: list[Ran]) -> dict[int, Item]:
    """Return what the simulator makes of the same jobs: arrived when they did, as long as they."""
    world, more, never = world_of(load_catalog(CONFIG), 1), handover(real), 1e12
    spec = LabSpec(
        "lava-north",
        devices={SIMULATED: len({job.board for job in real})},
        board_life_s=never,
        health_every_s=never,
        poll_s=POLL_S,
    )
    lab = LavaLab(world, spec)

    def arrive() -> Process:
        for job in sorted(real, key=lambda one: one.submitted):
            yield world.env.timeout(job.submitted - world.env.now)
            lab.take(
                item(
                    f"{job.job:08}",
                    device_type=SIMULATED,
                    priority=job.priority,
                    seconds=job.ended - job.started + more,
                    arrived=job.submitted,
                )
            )

    world.env.process(arrive())
    world.env.run(until=1000)
    return {int(one.name): one for one in lab.log}


def test_who_waits_together_starts_in_the_same_order(
    real: list[Ran], simulated: dict[int, Item]
) -> None:
    """Of two jobs that both wait before either begins in either lab, the same one is first."""
    begun = {number: one.started or 0.0 for number, one in simulated.items()}
    assert set(begun) == {job.job for job in real}
    compared = 0
    for first, second in permutations(real, 2):
        came = max(first.submitted, second.submitted)
        went = min(first.started, second.started, begun[first.job], begun[second.job])
        if came + POLL_S < went and first.started + POLL_S < second.started:
            compared += 1
            assert begun[first.job] <= begun[second.job], (first, second)
    assert compared > len(real)


def test_jobs_wait_as_long(real: list[Ran], simulated: dict[int, Item]) -> None:
    """In the mean the waits differ by less than a quarter."""
    waits = [job.started - job.submitted for job in real]
    made = [simulated[job.job] for job in real]
    expected = [(one.started or 0.0) - one.arrived for one in made]
    table = [
        f"{job.job:4} {job.priority:4} {wait:6.1f} {told:6.1f}"
        for job, wait, told in zip(real, waits, expected, strict=True)
    ]
    print(" job prio waited simulated, s", *table, sep="\n")  # noqa: T201 - a measure
    assert abs(mean(expected) - mean(waits)) < mean(waits) / 4, table

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A month of runs that never happened: heavy tails, a lab that gets slow, new jobs and boards."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from benchmarks.queues import Arrival, serve
from models import (
    Catalog,
    EstimateDefaults,
    History,
    Job,
    LabType,
    Names,
    PlannerSettings,
    Platform,
    Runtime,
    Where,
)
from models.settings import EstimateSettings

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 30
JOBS, PLATFORMS, LABS, FAMILIES = 40, 30, 5, 8
NEW = 12  # days until the last fifth of jobs and boards is there
SLOWING = (10, 16)  # days between which the first lab becomes slow
FLAKY = (14, 21)  # days between which the second lab spoils two runs in five
PUSHES = 12  # a day
TIMEOUT_S = 3 * 3600
_NOWHERE = Where(file="month", line=1)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Month:
    """The site, its runs in the order in which they ended, and what labs told when each was sent.

    `devices` are those that the lab says it has (0 where it says nothing), `queued` and `running`
    the jobs of others and of ours that it had. `slow` is the lab that gets slow, `flaky` the one
    that gets flaky, `silent` the one that tells nothing, `short` the one that loses devices and
    does not say so.
    """

    catalog: Catalog
    history: History
    devices: Ints
    queued: Ints
    running: Ints
    slow: str = "lab-0"
    flaky: str = "lab-1"
    short: str = "lab-2"
    silent: str = "lab-3"


def simulate(seed: int, runs: int) -> Month:
    """Return the month of that seed: about `runs` runs, of which a few were spoiled.

    The logarithm of a duration is the sum of what the family, the job, the platform's mach, the
    board and the lab add, and of noise; one in thirty takes up to several times as long, none
    longer than its timeout. Popularity falls with rank, so most signatures are rare. Runs come in
    bursts, to queues that others use as well.
    """
    draw = np.random.default_rng(seed)
    family, mach = draw.integers(FAMILIES, size=JOBS), draw.integers(6, size=PLATFORMS)
    of_job = draw.normal(np.log(600), 0.8, FAMILIES)[family] + draw.normal(0, 0.5, JOBS)
    of_board = draw.normal(0, 0.2, 6)[mach] + draw.normal(0, 0.15, PLATFORMS)
    of_lab, noise = draw.normal(0, 0.1, LABS), draw.uniform(0.08, 0.4, JOBS)
    both = draw.normal(0, 0.2, (JOBS, PLATFORMS))
    day = _bursts(draw, runs)
    job = _popular(draw, JOBS, day)
    board = _popular(draw, PLATFORMS, day)
    # A board is in two labs at the most, as in reality.
    lab = np.where(draw.random(runs) < 0.7, board % LABS, (board + 1) % LABS)
    slow = np.clip((day - SLOWING[0]) / (SLOWING[1] - SLOWING[0]), 0, 1) * np.log(1.8)
    log = of_job[job] + of_board[board] + both[job, board] + of_lab[lab]
    log += np.where(lab == 0, slow, 0) + draw.normal(0, noise[job])
    log += np.where(draw.random(runs) < 1 / 30, draw.exponential(0.8, runs), 0)
    flaky = (lab == 1) & (day >= FLAKY[0]) & (day < FLAKY[1])
    spoiled = draw.random(runs) < np.where(flaky, 0.4, 0.03)
    log = np.where(spoiled, draw.normal(np.log(120), 0.7, runs), log)
    seconds = np.clip(np.exp(log), 1, TIMEOUT_S)
    start, told = _queues(draw, day * 86400, seconds, board, lab)
    # Some declare well, some badly, and half of the jobs not at all.
    declared = {
        f"job-{one}": {"duration": int(np.exp(of_job[one] + draw.normal(0, 0.5)))}
        for one in range(0, JOBS, 2)
    }
    order = np.argsort(start + seconds, kind="stable")
    job, board, lab = job[order], board[order], lab[order]
    start, seconds = start[order], seconds[order]
    devices, queued, running = (column[order] for column in told)
    history = History(
        run=tuple(f"{number:07}" for number in range(runs)),
        job_id=(None,) * runs,
        job=Names.of(f"job-{one}" for one in job),
        kind=Names.of(("job",) * runs),
        platform=Names.of(f"board-{one}" for one in board),
        device_type=Names.of(f"board-{one}" for one in board),
        runtime=Names.of(f"lab-{one}" for one in lab),
        arch=Names.of((None,) * runs),
        tree=Names.of((None,) * runs),
        result=Names.of(("pass",) * runs),
        infrastructure=spoiled[order],
        submitted=BEGIN.timestamp() + day[order] * 86400,
        started=BEGIN.timestamp() + start,
        ended=BEGIN.timestamp() + start + seconds,
    )
    catalog = _catalog(declared, family.tolist(), mach.tolist())
    return Month(catalog, history, devices, queued, running)


def _bursts(draw: np.random.Generator, runs: int) -> Floats:
    """Return when runs are sent, in days: a push here and there, and all that it asks for."""
    pushes = draw.uniform(0, DAYS, DAYS * PUSHES)
    sent: Floats = np.sort(draw.choice(pushes, runs) + draw.exponential(0.05, runs))
    return np.minimum(sent, DAYS)


def _queues(
    draw: np.random.Generator, at: Floats, seconds: Floats, board: Ints, lab: Ints
) -> tuple[Floats, tuple[Ints, Ints, Ints]]:
    """Return when each run starts, and the devices, queue and running jobs that its lab told of.

    A device is blocked longer than a run lasts, by what differs from lab to lab. One lab loses a
    third of its devices half-way through and does not say so, another says nothing at all.
    """
    start = np.zeros(len(at))
    told = (np.zeros_like(board), np.zeros_like(board), np.zeros_like(board))
    idle, blocked = draw.uniform(10, 120, LABS), draw.uniform(1.05, 1.6, LABS)
    for slot in np.unique(lab * PLATFORMS + board):
        here = np.flatnonzero(lab * PLATFORMS + board == slot)
        where = int(slot) // PLATFORMS
        load = float(seconds[here].sum()) * blocked[where] / (DAYS * 86400)
        devices = int(np.ceil(load / 0.4))
        others = draw.uniform(0, DAYS * 86400, int(0.3 * devices * DAYS * 86400 / 1200))
        jobs = [(float(at[n]), float(seconds[n]) * blocked[where], int(n)) for n in here]
        jobs += [(float(t), float(draw.exponential(1200)), -1) for t in others]
        lost = -(-devices // 3) if where == 2 and devices > 1 else 0
        # Those that are lost are busy for the rest of the month, from half-way on.
        jobs += [(DAYS * 43200.0, DAYS * 86400.0, -1)] * lost
        jobs.sort()
        delay = (idle[where] * draw.lognormal(0, 0.4, len(jobs))).tolist()
        seen = serve(
            [Arrival(t, blocks, d) for (t, blocks, _), d in zip(jobs, delay, strict=True)], devices
        )
        for (time, _, run), one in zip(jobs, seen, strict=True):
            if run < 0:
                continue
            start[run] = one.start
            if where != 3:
                gone = lost if time > DAYS * 43200 else 0
                for column, value in zip(
                    told, (devices, one.queued, max(0, one.running - gone)), strict=True
                ):
                    column[run] = value
    return start, told


def _popular(draw: np.random.Generator, count: int, day: Floats) -> Ints:
    """Return one of `count` for each day; the last fifth is new, and not there from the start."""
    chance = 1 / draw.permutation(np.arange(1, count + 1))
    chosen = draw.choice(count, size=len(day), p=chance / chance.sum())
    old = count - count // 5
    there_from = np.where(np.arange(count) < old, 0, draw.uniform(1, NEW, count))
    found: Ints = np.where(day < there_from[chosen], chosen % old, chosen)
    return found


def _catalog(declared: dict[str, dict[str, int]], family: list[int], mach: list[int]) -> Catalog:
    defaults = EstimateDefaults.model_validate({"jobs": declared})
    jobs = [
        Job(
            name=f"job-{one}",
            kind="job",
            template=f"family-{of}",
            params={"job_timeout": TIMEOUT_S // 60},
            where=_NOWHERE,
        )
        for one, of in enumerate(family)
    ]
    platforms = [
        Platform(name=f"board-{one}", arch=f"arch-{of % 2}", mach=f"mach-{of}", where=_NOWHERE)
        for one, of in enumerate(mach)
    ]
    labs = [
        Runtime(name=f"lab-{one}", lab_type=LabType.LAVA, where=_NOWHERE) for one in range(LABS)
    ]
    return Catalog(
        paths=(),
        jobs={one.name: one for one in jobs},
        platforms={one.name: one for one in platforms},
        runtimes={one.name: one for one in labs},
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        planner=PlannerSettings(estimates=EstimateSettings(defaults=defaults)),
    )

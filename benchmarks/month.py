# SPDX-License-Identifier: LGPL-2.1-or-later
"""A month of runs that never happened: heavy tails, a lab that gets slow, new jobs and boards."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from models import (
    Catalog,
    EstimateDefaults,
    History,
    Job,
    LabType,
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
TIMEOUT_S = 3 * 3600
_NOWHERE = Where(file="month", line=1)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Month:
    """The site, its runs in the order in which they ended, and the lab that gets slow."""

    catalog: Catalog
    history: History
    slow: str


def simulate(seed: int, runs: int) -> Month:
    """Return the month of that seed: about `runs` runs, of which a few were spoiled.

    The logarithm of a duration is the sum of what the family, the job, the platform's mach, the
    board and the lab add, and of noise; one in thirty takes up to several times as long, none
    longer than its timeout. Popularity falls with rank, so most signatures are rare.
    """
    draw = np.random.default_rng(seed)
    family, mach = draw.integers(FAMILIES, size=JOBS), draw.integers(6, size=PLATFORMS)
    of_job = draw.normal(np.log(600), 0.8, FAMILIES)[family] + draw.normal(0, 0.5, JOBS)
    of_board = draw.normal(0, 0.2, 6)[mach] + draw.normal(0, 0.15, PLATFORMS)
    of_lab, noise = draw.normal(0, 0.1, LABS), draw.uniform(0.08, 0.4, JOBS)
    both = draw.normal(0, 0.2, (JOBS, PLATFORMS))
    ended = np.sort(draw.uniform(0, DAYS, runs))
    job = _popular(draw, JOBS, ended)
    board = _popular(draw, PLATFORMS, ended)
    # A board is in two labs at the most, as in reality.
    lab = np.where(draw.random(runs) < 0.7, board % LABS, (board + 1) % LABS)
    slow = np.clip((ended - SLOWING[0]) / (SLOWING[1] - SLOWING[0]), 0, 1) * np.log(1.8)
    log = of_job[job] + of_board[board] + both[job, board] + of_lab[lab]
    log += np.where(lab == 0, slow, 0) + draw.normal(0, noise[job])
    log += np.where(draw.random(runs) < 1 / 30, draw.exponential(0.8, runs), 0)
    spoiled = draw.random(runs) < 0.03
    log = np.where(spoiled, draw.normal(np.log(120), 0.7, runs), log)
    seconds = np.clip(np.exp(log), 1, TIMEOUT_S)
    # Some declare well, some badly, and half of the jobs not at all.
    declared = {
        f"job-{one}": {"duration": int(np.exp(of_job[one] + draw.normal(0, 0.5)))}
        for one in range(0, JOBS, 2)
    }
    catalog = _catalog(declared, family.tolist(), mach.tolist())
    moments = BEGIN.timestamp() + ended * 86400
    history = History(
        run=tuple(f"{number:07}" for number in range(runs)),
        job_id=(None,) * runs,
        job=tuple(f"job-{one}" for one in job),
        kind=("job",) * runs,
        platform=tuple(f"board-{one}" for one in board),
        device_type=tuple(f"board-{one}" for one in board),
        runtime=tuple(f"lab-{one}" for one in lab),
        arch=(None,) * runs,
        tree=(None,) * runs,
        result=("pass",) * runs,
        infrastructure=spoiled,
        submitted=np.full(runs, np.nan),
        started=moments - seconds,
        ended=moments,
    )
    return Month(catalog, history, "lab-0")


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

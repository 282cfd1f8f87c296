# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long runs really last and which of them fail; no policy is told."""

from dataclasses import dataclass
from functools import lru_cache

from models import Catalog
from planner.estimates import Ladder
from planner.simulate.streams import stream

# Standard deviations of logarithms: what is declared of a job is off by a factor of about 1.4,
# boards and labs differ, and so do two runs of the same.
JOB, BOARD, NOISE = 0.35, 0.2, 0.2
# One run in thirty has the tail: a Pareto distribution whose mean there is twice the usual time.
TAIL_SHARE, TAIL_SHAPE = 1 / 30, 2.0
LONGEST = 8.0  # no run lasts longer than so many times what is usual: then the lab ends it


@dataclass(frozen=True)
class Fate:
    """What becomes of one run in one place: seconds it takes, and whether the place spoils it."""

    seconds: float
    spoiled: bool


class Service:
    """The truth about durations and failures, drawn by name from a seed."""

    def __init__(self, catalog: Catalog, seed: int) -> None:
        self._catalog, self._seed = catalog, seed
        self._ladder = Ladder(catalog.planner.estimates.defaults)
        self.usual = lru_cache(maxsize=None)(self._usual)

    def _usual(self, job: str, platform: str, runtime: str) -> float:
        """Return the median seconds of a job on a platform in a lab."""
        catalog = self._catalog
        declared = self._ladder.declaration(
            catalog.jobs[job], platform, catalog.runtimes[runtime]
        ).duration_s
        of_job = stream(self._seed, "job", job).normal(0.0, JOB)
        of_board = stream(self._seed, "board", job, platform).normal(0.0, BOARD)
        return float(declared * 2.0 ** ((of_job + of_board) / 0.6931471805599453))

    def fate(self, run: str, job: str, platform: str, runtime: str, risk: float) -> Fate:
        """Return what becomes of `run` there; the same run has the same fate in each policy."""
        draw = stream(self._seed, "run", run, runtime, platform)
        usual = self.usual(job, platform, runtime)
        seconds = usual * draw.lognormal(0.0, NOISE)
        if draw.random() < TAIL_SHARE:
            seconds *= 1.0 + draw.pareto(TAIL_SHAPE)
        spoiled = bool(draw.random() < risk)
        if spoiled:  # it is noticed somewhere on the way
            seconds *= draw.random()
        return Fate(float(round(max(1.0, min(seconds, LONGEST * usual)))), spoiled)

    def build_fails(self, node: str) -> bool:
        """Tell whether the kernel itself does not build: then nothing follows from it."""
        return bool(stream(self._seed, "build", node).random() < BUILD_FAILS)


BUILD_FAILS = 0.03

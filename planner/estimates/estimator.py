# SPDX-License-Identifier: LGPL-2.1-or-later
"""Estimates from the past, as far as there is one, and from what is declared otherwise."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Self

import numpy as np

from models import Catalog, History, Learning
from planner.estimates.drift import Drift
from planner.estimates.durations import Durations
from planner.estimates.ladder import Declaration, Ladder
from planner.estimates.nests import Nest, distinct
from planner.estimates.past import sieve
from planner.estimates.quantiles import Floats, Ints
from planner.estimates.risks import Risks
from planner.estimates.signatures import Relatives, Signature
from planner.estimates.waits import Pace, Paces, Slot, Waits

MOST_RISK = 900  # of a thousand: where all is spoiled, nobody repeats for ever


class Estimate(NamedTuple):
    """What one run is expected to take (whole seconds) and cost (milli-cost), and who says so.

    Half of such runs last no longer than `duration_s`, nine in ten no longer than `p90_s`.
    `risk_permille` is how many of a thousand the place would spoil; with such a run repeated
    until it is whole, there is a result after `result_s` seconds, and that is what `cost` is of.
    `rung` is the word of `samples` runs, which weigh as much as `weight` that ended just now.
    """

    duration_s: int
    cost: int
    rung: str
    p90_s: int
    risk_permille: int
    result_s: int
    samples: int = 0
    weight: float = 0.0

    @classmethod
    def of(cls, duration_s: int, cost: int, rung: str, p90_s: int, risk_permille: int) -> Self:
        """Return the estimate of a run that lasts and costs so much once."""
        whole = 1000 - min(risk_permille, MOST_RISK)
        return cls(
            duration_s,
            cost * 1000 // whole,
            rung,
            p90_s,
            risk_permille,
            duration_s * 1000 // whole,
        )

    def at_risk(self, permille: int) -> Self:
        """Return the estimate where at least so many of a thousand runs are spoiled."""
        if permille <= self.risk_permille:
            return self
        once = self.cost * (1000 - min(self.risk_permille, MOST_RISK)) // 1000
        known = self.of(self.duration_s, once, self.rung, self.p90_s, permille)
        return known._replace(samples=self.samples, weight=self.weight)


class Estimator:
    """Estimates by signature; with no history they are exactly what is declared.

    `docs/estimates.md` has the formulas.
    """

    def __init__(
        self,
        catalog: Catalog,
        history: History | None = None,
        *,
        learning: Learning | None = None,
        now: datetime,
    ) -> None:
        learning = learning or Learning()
        past = sieve(history or History(), now)
        self.past = past
        self._catalog = catalog
        self._ladder = Ladder(catalog.planner.estimates.defaults)
        self._relatives = Relatives(catalog, past)
        weights: Floats = np.exp2(-past.age / learning.half_life) * past.runs
        numbers = self._relatives.numbers(past.job, past.platform, past.runtime)
        whole = ~past.failed
        nest = Nest.of_keys(self._relatives.by_job(*(column[whole] for column in numbers)))
        logs = np.log(past.duration[whole])
        self._drift = Drift(
            logs,
            past.age[whole],
            nest.of[-1] - nest.begin[-2],
            numbers[2][whole],
            past.runs[whole] == 1,
            per_day=learning.drift_percent / 100,
        )
        self._durations = Durations(
            self._drift.as_of_now(logs), weights[whole], past.runs[whole], nest, learning
        )
        self._risks = Risks(
            past.failed, weights, self._relatives.by_place(*numbers), learning.prior_runs
        )

        fresh: Floats = np.exp2(-past.age / learning.wait_half_life) * past.runs
        self._waits = Waits(past, fresh, learning)

    def pace_since(self, days: int) -> dict[str, float]:
        """Return how many times as long runs take as they did `days` ago, by runtime."""
        return self._relatives.of_runtimes(self._drift.since(days))

    def paces(self, slots: Sequence[Slot]) -> list[Paces]:
        """Return how each queue is expected to move, told how long it is or not."""
        return self._waits.of(slots)

    def paces_of_ranks(self, slots: Sequence[Slot], priorities: Sequence[int]) -> list[Pace]:
        """Return how nine in ten runs of a priority fare in a queue, as far as was learned."""
        return self._waits.of_ranks(slots, priorities)

    def estimates(self, signatures: Iterable[Signature]) -> dict[Signature, Estimate]:
        """Return the estimate of each signature; all its names have to be in the catalog."""
        asked = list(dict.fromkeys(signatures))
        jobs, platforms, runtimes = zip(*asked, strict=True) if asked else ((), (), ())
        numbers = self._relatives.numbers(jobs, platforms, runtimes)
        declared, which = self._declared(asked, numbers)
        lasting = self._durations.of(self._relatives.by_job(*numbers), declared, which)
        risk = self._risks.of(self._relatives.by_place(*numbers))
        seconds, whole = lasting.median_s.tolist(), 1000 - np.minimum(risk, MOST_RISK)
        once = [declared[at].cost(lasts) for at, lasts in zip(which.tolist(), seconds, strict=True)]
        found = map(
            Estimate,
            seconds,
            [cost * 1000 // parts for cost, parts in zip(once, whole.tolist(), strict=True)],
            lasting.rung,
            lasting.p90_s.tolist(),
            risk.tolist(),
            (lasting.median_s * 1000 // whole).tolist(),
            lasting.samples.tolist(),
            lasting.weight.tolist(),
        )
        return dict(zip(asked, found, strict=True))

    def _declared(
        self, asked: Sequence[Signature], numbers: tuple[Ints, Ints, Ints]
    ) -> tuple[list[Declaration], Ints]:
        """Return the different declarations, and the place among them of that of each signature."""
        job, platform, runtime = numbers
        named = np.array([one.job in self._ladder.by_platform for one in asked], dtype=np.bool_)
        *_, key = self._relatives.by_job(job, np.where(named, platform, 0), runtime)
        which, first = distinct(key)
        jobs, runtimes = self._catalog.jobs, self._catalog.runtimes
        some = [asked[at] for at in first.tolist()]
        declared = [
            self._ladder.declaration(jobs[one.job], one.platform, runtimes[one.runtime])
            for one in some
        ]
        return declared, which

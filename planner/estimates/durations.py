# SPDX-License-Identifier: LGPL-2.1-or-later
"""How long runs last, by what jobs, platforms and runtimes have in common."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models import Learning
from planner.estimates import ladder
from planner.estimates.ladder import Declaration
from planner.estimates.nests import Nest
from planner.estimates.quantiles import Floats, Ints
from planner.estimates.shrinkage import Rungs

# From the most general to the most specific, as `Relatives.by_job` gives them.
RUNGS = (
    "kind",
    "job family",
    "job",
    "job x arch",
    "job x mach",
    "job x platform",
    "job x platform x runtime",
)
_LEARNED = tuple(f"history of {rung}" for rung in RUNGS)
# What happened elsewhere does not outweigh what is declared of a more specific group.
_FIRST_RUNG = {
    ladder.DEFAULT: RUNGS.index("kind"),
    ladder.KIND: RUNGS.index("kind"),
    ladder.JOB: RUNGS.index("job"),
    ladder.PLATFORM: RUNGS.index("job x platform"),
    ladder.SIGNATURE: RUNGS.index("job x platform x runtime"),
}
# By how much a signature that never ran may be farther off than its relatives are from each other.
_STRANGER = 0.2


class Lasting(NamedTuple):
    """What runs are expected to last, one item each.

    `rung` is the one whose word counts most in the median: the word of that many `samples`, which
    by their age weigh as much as so many that ended just now; none of a declaration.
    """

    median_s: Ints
    p90_s: Ints
    rung: list[str]
    samples: Ints
    weight: Floats


class Durations:
    """What runs of the past say of the durations of others.

    `logs` are logarithms of seconds, `weights` how much each counts, `samples` how many runs it
    stands for, `nest` has their groups on each rung.
    """

    def __init__(
        self,
        logs: Floats,
        weights: Floats,
        samples: Ints,
        nest: Nest,
        learning: Learning,
    ) -> None:
        self._prior = float(learning.prior_runs)
        self._declared_spread = float(np.log(learning.declared_p90 / 100))
        # A signature that runs all the time is not all that its relatives can tell.
        of = nest.of[-1]
        often = np.bincount(of, weights)[of] if len(logs) else np.zeros(0)
        shared = weights * np.minimum(1.0, self._prior / often)
        self._rungs = Rungs(logs, weights, nest, prior=self._prior, shared=shared, samples=samples)

    def of(self, keys: tuple[Ints, ...], declared: Sequence[Declaration], which: Ints) -> Lasting:
        """Return what runs in the groups `keys` are expected to last.

        `which` of the declarations is that of each.
        """
        first = np.array([_FIRST_RUNG[one.rung] for one in declared], dtype=np.int64)[which]
        middle = np.log(np.array([one.duration_s for one in declared], dtype=np.float64))[which]
        spread = np.full(len(which), self._declared_spread)
        found = self._rungs.descend(keys, middle, spread, first)
        strange = _STRANGER * self._prior / (self._prior + found.weights[-1])
        wide = found.spread * (1 + strange * (1 - found.words[0]))
        limit = np.array(
            [np.inf if one.limit_s is None else one.limit_s for one in declared], dtype=np.float64
        )[which]
        seconds = np.maximum(1.0, np.minimum(np.rint(np.exp(found.middle)), limit))
        long = np.minimum(np.rint(np.exp(found.middle + wide)), limit)
        loudest = len(RUNGS) - np.argmax(found.words[::-1], axis=0)
        rungs = [
            _LEARNED[at - 1] if at else declared[said].rung
            for at, said in zip(loudest.tolist(), which.tolist(), strict=True)
        ]
        learned, column = loudest > 0, (np.maximum(0, loudest - 1), np.arange(len(which)))
        return Lasting(
            seconds.astype(np.int64),
            np.maximum(seconds, long).astype(np.int64),
            rungs,
            np.where(learned, found.samples[column], 0).astype(np.int64),
            np.where(learned, found.weights[column], 0.0),
        )

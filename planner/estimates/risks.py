# SPDX-License-Identifier: LGPL-2.1-or-later
"""How likely a place spoils a run: shares of groups, each leaning on the more general one."""

import numpy as np
from numpy.typing import NDArray

from planner.estimates.nests import Nest, looked_up
from planner.estimates.quantiles import Floats, Ints

# As many runs within a lab count as what the lab says. Labs differ, boards in one hardly do: were
# these few, the first run that a board spoils would keep others away, and so from showing that it
# was chance.
INSIDE_RUNS = 20
LABS = 2  # so many rungs are of labs: all of them, each by itself


class Risks:
    """What runs of the past say of infrastructure failures of others.

    `keys` are the groups of the runs, from all of them to the signature, each in the one before.
    """

    def __init__(
        self,
        failed: NDArray[np.bool_],
        weights: Floats,
        keys: tuple[Ints, ...],
        prior_runs: int,
    ) -> None:
        self._prior = float(prior_runs)
        nest = Nest.of_keys(keys)
        sums = [nest.sums(told) for told in (weights, weights * failed)]
        self._levels = list(zip(nest.rungs(nest.key), *sums, strict=True))

    def of(self, keys: tuple[Ints, ...]) -> Ints:
        """Return the risk of runs in the groups `keys`, in thousandths; 0 if nothing is known."""
        found = [
            looked_up(known, counts, key)
            for (known, *counts), key in zip(self._levels, keys, strict=True)
        ]
        risk = np.zeros(len(keys[0]))
        for rung, (runs, failures) in enumerate(found):
            inner = found[rung + 1] if rung + 1 < len(found) else (0.0, 0.0)
            others = np.maximum(0.0, runs - inner[0])
            spoiled = np.clip(failures - inner[1], 0.0, others)
            prior = self._prior if rung < LABS else max(self._prior, INSIDE_RUNS)
            risk = (spoiled + prior * risk) / (others + prior)
        return np.rint(1000 * risk).astype(np.int64)

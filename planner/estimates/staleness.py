# SPDX-License-Identifier: LGPL-2.1-or-later
"""For how many days a job has not run on a device type for a tree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from models import History
from planner.estimates.nests import distinct
from planner.estimates.signatures import numbered

DAY_S = 86400

# Job, device type, tree ("" where a run is for none, or nobody knows for which).
Ran = tuple[str, str, str]


@dataclass(frozen=True)
class Staleness:
    """When what ran last, in POSIX seconds; `begin` is how far back that is known at all.

    Without a history nothing is stale.
    """

    now: float = 0.0
    begin: float = 0.0
    most: int = 0
    last: dict[Ran, float] = field(default_factory=dict)

    @classmethod
    def known(
        cls, history: History | None, under_way: Iterable[Ran], *, now: datetime, most: int
    ) -> "Staleness":
        """Return what `history` tells; what is `under_way` counts as run, `most` is the most days.

        Runs that the place spoiled tested nothing, nor did what ended in the future.
        """
        present = now.timestamp()
        if history is None or not len(history) or not most:
            return cls()
        ended = history.ended
        over = ended <= present
        last = _last(history, np.flatnonzero(over & ~history.infrastructure))
        last.update((ran, present) for ran in under_way)
        return cls(present, float(ended[over].min(initial=present)), most, last)

    def days(self, job: str, device_type: str, tree: str) -> int:
        """Return the whole days since it ran, at most as many as are known or count.

        What is only known to have run for some tree counts for every tree.
        """
        ran = max(self.last.get((job, device_type, one), self.begin) for one in {tree, ""})
        return min(self.most, int((self.now - ran) // DAY_S))


def _last(history: History, rows: NDArray[np.int64]) -> dict[Ran, float]:
    """Return when what these rows are of ran last."""
    job, device_type, tree = history.job, history.device_type, history.tree
    # What is for no tree, and what is not known to be for any.
    trees = numbered(name or "" for name in tree.different)
    shape = tuple(max(1, len(one)) for one in (job.different, device_type.different, trees))
    of_tree = tree.numbers(lambda name: trees[name or ""])
    keys = np.ravel_multi_index((job.at[rows], device_type.at[rows], of_tree[rows]), shape)
    of, one = distinct(keys)
    latest = np.full(len(one), -np.inf)
    np.maximum.at(latest, of, history.ended[rows])
    ran = rows[one]
    named = zip(
        *(column.where(ran) for column in (job, device_type)),
        (name or "" for name in tree.where(ran)),
        strict=True,
    )
    return dict(zip(named, latest.tolist(), strict=True))

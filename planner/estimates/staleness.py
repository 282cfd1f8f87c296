# SPDX-License-Identifier: LGPL-2.1-or-later
"""For how many days a job has not run on a device type for a tree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite

from models import History

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
        last: dict[Ran, float] = {}
        begin = present
        columns = (history.job, history.device_type, history.tree)
        for *names, ended, spoiled in zip(
            *columns, history.ended.tolist(), history.infrastructure.tolist(), strict=True
        ):
            if not isfinite(ended) or ended > present:
                continue
            begin = min(begin, ended)
            if not spoiled:
                job, device_type, tree = (name or "" for name in names)
                key = (job, device_type, tree)
                last[key] = max(ended, last.get(key, ended))
        last.update((ran, present) for ran in under_way)
        return cls(present, begin, most, last)

    def days(self, job: str, device_type: str, tree: str) -> int:
        """Return the whole days since it ran, at most as many as are known or count.

        What is only known to have run for some tree counts for every tree.
        """
        ran = max(self.last.get((job, device_type, one), self.begin) for one in {tree, ""})
        return min(self.most, int((self.now - ran) // DAY_S))

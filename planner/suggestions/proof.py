# SPDX-License-Identifier: LGPL-2.1-or-later
"""What becomes of runs and places if some entries are written otherwise, by expanding both.

The expansion is the planner's own: what the entries ask for of each event that triggers them,
before any filter and capacity. Names that the configuration does not define count as well: they
may be defined elsewhere.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from models import Catalog, Entry, Fate, PlaceFate, PlatformRuns
from planner.demand.wishes import wishes_of

# A runtime and a platform, by name.
Spot = tuple[str, str | None]


@dataclass
class Expansion:
    """What some entries ask for of one event.

    `jobs` are the jobs that may go to each spot, `runs` how many runs have one platform to go to,
    by platform; those that have several are counted under None.
    """

    jobs: dict[Spot, list[str]] = field(default_factory=dict)
    runs: Counter[str | None] = field(default_factory=Counter)

    @classmethod
    def of(cls, entries: Iterable[Entry], catalog: Catalog) -> "Expansion":
        """Return the expansion of `entries`."""
        result = cls()
        for entry in entries:
            for wish in wishes_of(entry, catalog):
                spots: list[Spot] = [(t.runtime.name, t.platform.name) for t in wish.targets]
                spots += [(r.runtime or "", r.platform) for r in wish.rejections]
                result._add(entry.job, spots, wish.runs.number)
        return result

    def _add(self, job: str, spots: Sequence[Spot], runs: int) -> None:
        for spot in spots:
            jobs = self.jobs.setdefault(spot, [])
            if job not in jobs:
                jobs.append(job)
        platforms = {platform for _, platform in spots}
        self.runs[platforms.pop() if len(platforms) == 1 else None] += runs


def fates(before: Expansion, after: Expansion) -> tuple[PlaceFate, ...]:
    """Return what becomes of each place: first those of `before`, then those that appear."""
    result = []
    for (runtime, platform), was in before.jobs.items():
        now = after.jobs.get((runtime, platform))
        result.append(
            PlaceFate(
                job=now[0] if now else was[0],
                runtime=runtime,
                platform=platform,
                fate=Fate.STAYS if now else Fate.DISAPPEARS,
                was=tuple(was),
            )
        )
    for (runtime, platform), now in after.jobs.items():
        if (runtime, platform) not in before.jobs:
            place = PlaceFate(job=now[0], runtime=runtime, platform=platform, fate=Fate.APPEARS)
            result.append(place)
    return tuple(result)


def fewer_runs(before: Expansion, after: Expansion) -> tuple[PlatformRuns, ...]:
    """Return the platforms to which fewer runs are bound, unless these have become free."""
    if after.runs.total() >= before.runs.total() and after.runs[None] > before.runs[None]:
        return ()
    return tuple(
        PlatformRuns(platform=platform, before=count, after=after.runs[platform])
        for platform, count in before.runs.items()
        if after.runs[platform] < count
    )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures of a story; `docs/measures.md` has each with its formula and unit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import mean
from typing import NamedTuple

import numpy as np

from planner.estimates import Ladder
from planner.simulate.ends import DEADLINE_S, End, Told, tally
from planner.simulate.fleet import HOUR
from planner.simulate.labs import Item
from planner.simulate.scenario import LAVA
from planner.simulate.simulation import Story

NAN = float("nan")


class Measure(NamedTuple):
    """A number that a story is judged by; `better` is "more", "less", or empty for neither."""

    name: str
    unit: str
    better: str
    of: Callable[["Seen"], float]


@dataclass(frozen=True)
class Seen:
    """A story with its runs sorted as the measures need them."""

    story: Story

    @cached_property
    def runs(self) -> list[Told]:
        """All wanted runs."""
        return tally(self.story)

    @cached_property
    def items(self) -> list[Item]:
        """All that ran in LAVA labs."""
        runtimes = self.story.catalog.runtimes
        return [
            item
            for name, items in sorted(self.story.items.items())
            if runtimes[name].lab_type in LAVA
            for item in items
        ]

    @cached_property
    def span(self) -> float:
        """Seconds of the simulation."""
        return max(self.story.ended_at, 1.0)

    def count(self, *ends: End, low: int = 0, high: int = 100) -> float:
        """Return how many runs of these priorities ended so."""
        return float(sum(low <= t.priority <= high and t.end in ends for t in self.runs))

    def share(self, low: int, high: int) -> float:
        """Return the percentage of the runs of these priorities that ended in time."""
        wanted = sum(low <= t.priority <= high for t in self.runs)
        return 100 * self.count(End.IN_TIME, low=low, high=high) / wanted if wanted else NAN

    @cached_property
    def waits(self) -> list[float]:
        """Minutes until runs with a result started."""
        return [t.wait_s / 60 for t in self.runs if t.wait_s is not None]

    @cached_property
    def completions(self) -> list[float]:
        """Minutes until runs with a result ended."""
        return [t.completion_s / 60 for t in self.runs if t.completion_s is not None]

    @cached_property
    def results(self) -> list[float]:
        """Minutes until each wanted run had its result, the deadline if it had none by then."""
        return [
            min(DEADLINE_S if t.completion_s is None else t.completion_s, DEADLINE_S) / 60
            for t in self.runs
        ]


def _quantile(numbers: Sequence[float], q: float) -> float:
    return float(np.quantile(numbers, q)) if numbers else NAN


def _mean(numbers: Iterable[float]) -> float:
    listed = list(numbers)
    return mean(listed) if listed else NAN


def _coverage(told: Seen, value: Callable[[Told], str]) -> float:
    """Return the mean number of distinct values over all wanted (job, revision)."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in told.runs:
        if one.wanted.request.kind == "job":
            values = found.setdefault((one.wanted.request.job, one.wanted.commit), set())
            if one.end is End.IN_TIME:
                values.add(value(one))
    return _mean(len(values) for values in found.values())


def _device_type(one: Told) -> str:
    assert one.attempt is not None
    return one.attempt.device_type


def _vendors(told: Seen) -> float:
    def vendor(one: Told) -> str:
        assert one.attempt is not None
        return told.story.catalog.platforms[one.attempt.platform].mach

    return _coverage(told, vendor)


def _staleness(told: Seen) -> float:
    """Return hours since the last result, over time and all wanted (job, branch)."""
    since: dict[tuple[str, tuple[str, str]], float] = {}
    results: dict[tuple[str, tuple[str, str]], list[float]] = {}
    for one in told.runs:
        key = (one.wanted.request.job, one.wanted.branch)
        wanted_at = (one.wanted.request.created - told.story.scenario.start).total_seconds()
        since[key] = min(wanted_at, since.get(key, wanted_at))
        if one.attempt is not None:
            results.setdefault(key, []).append(one.attempt.ended)
    ages = []
    for key, first in since.items():
        moments = [first, *(t for t in sorted(results.get(key, ())) if t > first), told.span]
        gaps = [b - a for a, b in pairwise(moments)]
        ages.append(sum(gap * gap for gap in gaps) / 2 / max(1.0, told.span - first) / HOUR)
    return _mean(ages)


def _first_results(told: Seen) -> float:
    """Return the mean minutes from a checkout to its first result of a test."""
    firsts: dict[str, float] = {}
    for one in told.runs:
        if one.attempt is not None and one.wanted.request.kind == "job":
            ended = one.attempt.ended
            firsts[one.wanted.checkout] = min(ended, firsts.get(one.wanted.checkout, ended))
    at = told.story.told_at
    return _mean((ended - at[checkout]) / 60 for checkout, ended in sorted(firsts.items()))


def _busy(items: Iterable[Item]) -> float:
    return sum((i.ended or 0.0) - (i.started or 0.0) for i in items)


def _boards(told: Seen) -> dict[str, int]:
    """Return how many boards each LAVA lab has."""
    runtimes = told.story.catalog.runtimes
    return {
        spec.runtime: sum(spec.devices.values())
        for spec in told.story.scenario.fleet
        if runtimes[spec.runtime].lab_type in LAVA and any(spec.devices.values())
    }


def _utilisation(told: Seen) -> float:
    capacity = sum(boards for boards in _boards(told).values()) * told.span
    return 100 * _busy(told.items) / capacity if capacity else NAN


def jain(numbers: Sequence[float]) -> float:
    """Return Jain's index: 1 where all are equal, 1/n where one has everything."""
    squares = sum(x * x for x in numbers)
    return sum(numbers) ** 2 / (len(numbers) * squares) if squares else NAN


def _jain_labs(told: Seen) -> float:
    return jain(
        [
            _busy(told.story.items[name]) / (boards * told.span)
            for name, boards in _boards(told).items()
        ]
    )


def _jain_boards(told: Seen) -> float:
    busy = {
        (spec.runtime, f"{device_type}-{n:02}"): 0.0
        for spec in told.story.scenario.fleet
        if spec.runtime in _boards(told)
        for device_type, boards in spec.devices.items()
        for n in range(1, boards + 1)
    }
    for name in _boards(told):
        for item in told.story.items[name]:
            busy[name, item.device] += _busy([item])
    return jain(list(busy.values()))


def _wasted(told: Seen) -> float:
    """Return the hours of boards that gave no result in time."""
    in_time = {t.attempt.run for t in told.runs if t.attempt and t.end is End.IN_TIME}
    ours = (item for item in told.items if item.dispatch is not None)
    return _busy(item for item in ours if item.name not in in_time) / HOUR


def _cost(told: Seen) -> float:
    catalog = told.story.catalog
    ladder = Ladder(catalog.planner.estimates.defaults)
    total = 0
    for name, items in told.story.items.items():
        runtime = catalog.runtimes[name]
        for item in items:
            if item.dispatch is not None:
                order = item.dispatch.order
                declared = ladder.declaration(catalog.jobs[order.job], order.platform, runtime)
                total += declared.cost(round(_busy([item])))
    return total / 1000


HIGH, MEDIUM, LOW = (60, 100), (40, 59), (0, 39)

MEASURES: tuple[Measure, ...] = (
    Measure("wanted", "runs", "", lambda t: float(len(t.runs))),
    Measure("started", "runs", "more", lambda t: float(len({a.root for a in t.story.attempts}))),
    Measure("in time", "runs", "more", lambda t: t.count(End.IN_TIME)),
    Measure("in time, all", "%", "more", lambda t: t.share(0, 100)),
    Measure("in time, high", "%", "more", lambda t: t.share(*HIGH)),
    Measure("in time, medium", "%", "more", lambda t: t.share(*MEDIUM)),
    Measure("in time, low", "%", "more", lambda t: t.share(*LOW)),
    Measure("late", "runs", "less", lambda t: t.count(End.LATE)),
    Measure("dropped", "runs", "less", lambda t: t.count(End.DROPPED)),
    Measure("superseded", "runs", "less", lambda t: t.count(End.SUPERSEDED)),
    Measure("expired", "runs", "less", lambda t: t.count(End.EXPIRED)),
    Measure("spoiled", "runs", "less", lambda t: t.count(End.SPOILED)),
    Measure("never asked for", "runs", "less", lambda t: t.count(End.NEVER)),
    Measure("device types", "per (job, revision)", "more", lambda t: _coverage(t, _device_type)),
    Measure("vendors", "per (job, revision)", "more", _vendors),
    Measure("staleness", "h", "less", _staleness),
    Measure("wait, mean", "min", "less", lambda t: _mean(t.waits)),
    Measure("wait, p50", "min", "less", lambda t: _quantile(t.waits, 0.5)),
    Measure("wait, p95", "min", "less", lambda t: _quantile(t.waits, 0.95)),
    Measure("wait, p99", "min", "less", lambda t: _quantile(t.waits, 0.99)),
    Measure("completion, mean", "min", "less", lambda t: _mean(t.completions)),
    Measure("completion, p50", "min", "less", lambda t: _quantile(t.completions, 0.5)),
    Measure("completion, p95", "min", "less", lambda t: _quantile(t.completions, 0.95)),
    Measure("completion, p99", "min", "less", lambda t: _quantile(t.completions, 0.99)),
    Measure("to result, mean", "min", "less", lambda t: _mean(t.results)),
    Measure("to result, p50", "min", "less", lambda t: _quantile(t.results, 0.5)),
    Measure("to result, p75", "min", "less", lambda t: _quantile(t.results, 0.75)),
    Measure("first result", "min", "less", _first_results),
    Measure("utilisation", "%", "", _utilisation),
    Measure("Jain, labs", "0 to 1", "more", _jain_labs),
    Measure("Jain, boards", "0 to 1", "more", _jain_boards),
    Measure("wasted", "board hours", "less", _wasted),
    Measure("cost", "units", "less", _cost),
    Measure("lab queries", "questions", "less", lambda t: float(t.story.queries)),
    Measure("cycles", "cycles", "", lambda t: float(t.story.cycles)),
    Measure("solve gap", "", "less", lambda t: _mean(t.story.gaps)),
    Measure("cycle time", "ms of CPU", "less", lambda t: 1000 * _mean(t.story.cpu_s)),
)

# What another machine would not repeat.
TIMED = frozenset({"cycle time"})


def measure(story: Story) -> dict[str, float]:
    """Return all measures of a story, by name; NaN where there is nothing to measure."""
    told = Seen(story)
    return {one.name: float(one.of(told)) for one in MEASURES}

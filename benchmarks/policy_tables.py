# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the results of policies say together: means with intervals, and what differs."""

import math
from collections.abc import Iterable, Sequence
from statistics import mean, stdev
from typing import NamedTuple

from scipy.stats import t as student

from benchmarks.policies import Result
from planner.simulate.measures import MEASURES, TIMED, Measure

CONFIDENCE = 0.95
HEADLINE = (
    "wanted",
    "in time, all",
    "in time, high",
    "in time, medium",
    "in time, low",
    "dropped",
    "superseded",
    "completion, p95",
    "device types",
    "Jain, labs",
    "lab queries",
)


class Interval(NamedTuple):
    """A mean over seeds and the half width of its 95 % interval (NaN with fewer than two)."""

    mean: float
    half: float

    def __str__(self) -> str:
        if math.isnan(self.mean):
            return ""
        digits = 0 if abs(self.mean) >= 100 else 1 if abs(self.mean) >= 10 else 2
        half = "" if math.isnan(self.half) else f" ± {self.half:.{digits}f}"
        return f"{self.mean:,.{digits}f}{half}"


class Row(NamedTuple):
    """One measure of one policy in one workload.

    `difference` is to the first policy of the workload, paired by seed; `verdict` is "better" or
    "worse" where its interval leaves out zero and the measure has a good direction.
    """

    workload: str
    measure: str
    unit: str
    policy: str
    value: Interval
    difference: Interval
    verdict: str


def interval(values: Iterable[float]) -> Interval:
    """Return mean and half width by Student's t; NaN values are left out."""
    numbers = [value for value in values if not math.isnan(value)]
    if not numbers:
        return Interval(math.nan, math.nan)
    if len(numbers) < 2:
        return Interval(numbers[0], math.nan)
    quantile = float(student.ppf((1 + CONFIDENCE) / 2, len(numbers) - 1))
    return Interval(mean(numbers), quantile * stdev(numbers) / math.sqrt(len(numbers)))


def rows(results: Sequence[Result], measures: Sequence[Measure] = MEASURES) -> list[Row]:
    """Return all measures by workload and policy; the first policy is what others differ from."""
    found: list[Row] = []
    for workload in dict.fromkeys(result.cell.workload for result in results):
        here = [result for result in results if result.cell.workload == workload]
        policies = list(dict.fromkeys(result.cell.policy for result in here))
        for one in measures:
            by_policy = {
                policy: {r.cell.seed: r.measured[one.name] for r in here if r.cell.policy == policy}
                for policy in policies
            }
            base = by_policy[policies[0]]
            for policy, values in by_policy.items():
                paired = interval(values[seed] - base[seed] for seed in values if seed in base)
                found.append(
                    Row(
                        workload,
                        one.name,
                        one.unit,
                        policy,
                        interval(values.values()),
                        paired,
                        "" if policy == policies[0] else _verdict(one, paired),
                    )
                )
    return found


def _verdict(one: Measure, difference: Interval) -> str:
    known = not math.isnan(difference.half) and abs(difference.mean) > difference.half
    if not known or not one.better:
        return ""
    return "better" if (difference.mean > 0) == (one.better == "more") else "worse"


MARKS = {"better": " ▲", "worse": " ▼", "": ""}


def markdown(results: Sequence[Result], names: Iterable[str] = HEADLINE) -> str:
    """Return a table for each workload; what a machine's speed decides is left out.

    ▲ and ▼ say that a policy is better or worse than the first one, at 95 %.
    """
    chosen = [one for one in MEASURES if one.name in set(names) - TIMED]
    lines: list[str] = []
    listed = rows(results, chosen)
    for workload in dict.fromkeys(row.workload for row in listed):
        here = [row for row in listed if row.workload == workload]
        policies = list(dict.fromkeys(row.policy for row in here))
        lines += [f"| {workload} | {' | '.join(policies)} |", "|---" * (len(policies) + 1) + "|"]
        for one in chosen:
            cells = [f"{r.value}{MARKS[r.verdict]}" for r in here if r.measure == one.name]
            unit = f" ({one.unit})" if one.unit not in ("", "runs", "0 to 1") else ""
            lines.append(f"| {one.name}{unit} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)

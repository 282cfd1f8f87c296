# SPDX-License-Identifier: LGPL-2.1-or-later
"""Learned durations against simpler ones, on a simulated month, one step ahead.

    python -m benchmarks.estimates [--seeds N ...] [--runs 12000] [--step 12]

Every `step` hours each way learns from all that has ended, and says how long the runs of the next
hours will take. Runs that the place spoiled are learned from by none, and not asked for.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from benchmarks.month import BEGIN, DAYS, Month, simulate
from models import History
from planner.estimates import Estimator, Signature

# Median and p90 of a run, in seconds.
Said = tuple[float, float]
Samples = dict[Signature, list[float]]
WARM_UP_DAYS = 2


def declared(_: list[float], fallback: Said) -> Said:
    """Return what is declared."""
    return fallback


def last_value(samples: list[float], fallback: Said) -> Said:
    """Return what the last run of the signature took."""
    return (samples[-1], samples[-1]) if samples else fallback


def plain_mean(samples: list[float], fallback: Said) -> Said:
    """Return the mean of the signature."""
    mean = float(np.mean(samples)) if samples else 0.0
    return (mean, mean) if samples else fallback


def own_median(samples: list[float], fallback: Said) -> Said:
    """Return median and p90 of the signature."""
    if not samples:
        return fallback
    return float(np.median(samples)), float(np.quantile(samples, 0.9))


BASELINES: dict[str, Callable[[list[float], Said], Said]] = {
    "declared": declared,
    "last value": last_value,
    "plain mean": plain_mean,
    "median per signature": own_median,
}


def pinball(actual: float, said: float, share: float) -> float:
    """Return the loss of a quantile: what is too short costs `share`, too long 1 - `share`."""
    return max(share * (actual - said), (share - 1) * (actual - said))


def roll(month: Month, step: timedelta) -> Iterator[tuple[str, str, float, Said]]:
    """Yield group, way, what a run took and what was said of it, for each run and each way."""
    past, seen = month.history, 0
    samples: Samples = defaultdict(list)
    ended = past.ended
    prior = Estimator(month.catalog, now=BEGIN)
    at = BEGIN
    while at < BEGIN + timedelta(days=DAYS):
        until = int(np.searchsorted(ended, (at + step).timestamp()))
        coming = [one for one in range(seen, until) if not past.infrastructure[one]]
        asked = {one: _signature(past, one) for one in coming}
        learned = Estimator(month.catalog, first(past, seen), now=at).estimates(asked.values())
        fallback = prior.estimates(asked.values())
        if at >= BEGIN + timedelta(days=WARM_UP_DAYS):
            for one, signature in asked.items():
                groups = _groups(month, signature, len(samples[signature]))
                took = _seconds(past, one)
                told = {
                    name: way(
                        samples[signature],
                        (fallback[signature].duration_s, fallback[signature].p90_s),
                    )
                    for name, way in BASELINES.items()
                }
                told["learned"] = (learned[signature].duration_s, learned[signature].p90_s)
                yield from ((g, name, took, said) for g in groups for name, said in told.items())
        for one, signature in asked.items():
            samples[signature].append(_seconds(past, one))
        seen, at = until, at + step


def _groups(month: Month, signature: Signature, samples: int) -> tuple[str, ...]:
    much = "0 runs" if samples == 0 else "1 to 4 runs" if samples < 5 else "5 runs or more"
    slow = ("slow lab, 5 runs or more",) if signature.runtime == month.slow and samples >= 5 else ()
    return ("all", much, *slow)


def _signature(past: History, one: int) -> Signature:
    return Signature(past.job[one], past.platform[one], past.runtime[one])


def _seconds(past: History, one: int) -> float:
    return float(past.ended[one] - past.started[one])


def first(past: History, count: int, **more: NDArray[np.float64]) -> History:
    """Return the first `count` rows, with the columns of `more` in place of their own."""
    columns = {name: more.get(name, getattr(past, name))[:count] for name in History.model_fields}
    return History.model_construct(**columns)


def table(rows: Iterator[tuple[str, str, float, Said]]) -> str:
    """Return mean losses in seconds and the coverage of the p90, by group, as Markdown."""
    lines = [
        "| group | runs | way | absolute error | pinball 0.5 | pinball 0.9 | p90 covers |",
        "|---|---|---|---|---|---|---|",
    ]
    losses: dict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for group, way, took, (median, p90) in rows:
        loss = (pinball(took, median, 0.5), pinball(took, p90, 0.9), float(took <= p90))
        losses[group, way].append(loss)
    for (group, way), all_of in sorted(losses.items()):
        half, ninth, covered = np.mean(all_of, axis=0)
        lines.append(
            f"| {group} | {len(all_of)} | {way} | {2 * half:.0f} | {half:.0f} | {ninth:.0f} "
            f"| {100 * covered:.0f} % |"
        )
    return "\n".join(lines)


def arguments(program: str) -> argparse.Namespace:
    """Return what was asked for on the command line: seeds, runs and step."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="months, together")
    parser.add_argument("--runs", type=int, default=12_000, help="in each month")
    parser.add_argument("--step", type=int, default=12, help="hours")
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    asked = arguments("python -m benchmarks.estimates")
    rows = (
        row
        for seed in asked.seeds
        for row in roll(simulate(seed, asked.runs), timedelta(hours=asked.step))
    )
    sys.stdout.write(table(rows) + "\n")


if __name__ == "__main__":
    main()

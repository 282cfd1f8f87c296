# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the engine takes from a quiet night to a million runs: `python -m benchmarks.engine_table`.

Every instance is solved in a process of its own, so that its memory is its own. What is in the
file of results, made by the same code, is not done again: a table that was interrupted goes on.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

LOADS = (0.5, 0.85, 1.2)
TREE = Path(__file__).parents[1]
# What an instance's figures depend on; the rest of the tree may change between two of them.
CODE = (
    "benchmarks/engine.py",
    "benchmarks/instance.py",
    "planner/problem",
    "planner/plan",
    "planner/rules",
    "planner/solvers",
)
COMMAND = "from planner.cli import main; main()"
BARS = ("runs", "n", "processor, s", "wall, s", "gap", "memory, MB", "around, %", "within")


@dataclass(frozen=True)
class Row:
    """One kind of instance, and what is asked of it: seconds, gap and megabytes at most.

    The engine uses one core, so that processor seconds are what a machine without others takes.
    """

    name: str
    options: tuple[str, ...]
    seconds: float
    gap: float
    memory_mb: float = float("inf")

    def within(self, found: dict[str, Any]) -> bool:
        """Tell whether one instance is verified and within all that is asked."""
        return bool(
            found["verified"]
            and found["status"] != "degraded"
            and found["seconds"]["processor"] <= self.seconds
            and found["gap"] <= self.gap
            and found["memory_mb"] <= self.memory_mb
        )


def _row(
    name: str, runs: int, slots: int, seconds: float, gap: float, memory_mb: float, *more: str
) -> Row:
    return Row(name, ("--runs", f"{runs}", "--slots", f"{slots}", *more), seconds, gap, memory_mb)


MILLION = 1_000_000
ROWS = (
    _row("2,000", 2_000, 500, 0.5, 1e-6, float("inf")),
    _row("10,000", 10_000, 500, 1, 1e-6, 150),
    _row("100,000", 100_000, 2_000, 2, 1e-4, 300),
    _row("1,000,000", MILLION, 5_000, 5, 1e-4, 1000),
    _row("1,000,000, proof", MILLION, 5_000, 60, 1e-6, 1500, "--solver", "exact"),
    _row("1,000,000, 10 % changed", MILLION, 5_000, 2.5, 1e-4, 1000, "--changed", "0.1"),
    _row("1,000,000, distinct", MILLION, 5_000, 15, 1e-3, 4000, "--distinct"),
    _row("100,000, Kubernetes", 100_000, 2_000, 5, 1e-3, 500, "--kubernetes"),
)


class Results:
    """What was measured so far, a line of JSON for each instance."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._code = _digest()
        self._known: dict[str, dict[str, Any]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                if entry["code"] == self._code:
                    self._known[entry["key"]] = entry["found"]

    def of(self, row: Row, load: float, seed: int) -> dict[str, Any]:
        """Return what an instance took and gave; it is solved if that is not known."""
        options = (*row.options, "--load", f"{load}", "--seed", f"{seed}")
        key = " ".join(options)
        if key not in self._known:
            done = subprocess.run(
                (sys.executable, "-c", COMMAND, "bench", "engine", *options, "-o", "json"),
                cwd=TREE,
                check=True,
                stdout=subprocess.PIPE,
            )
            found = self._known[key] = json.loads(done.stdout)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"code": self._code, "key": key, "found": found}) + "\n")
        return self._known[key]


def _digest() -> str:
    """Return a digest of the code that the figures depend on."""
    sha = hashlib.sha256()
    for place in CODE:
        path = TREE / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            sha.update(file.read_bytes())
    return sha.hexdigest()[:12]


def line(row: Row, found: Sequence[dict[str, Any]]) -> str:
    """Return the table's line of a row: medians, with the least and the most in brackets."""
    seconds = [each["seconds"] for each in found]
    cells = (
        row.name,
        f"{len(found)}",
        f"{_spread(each['processor'] for each in seconds)}; {row.seconds:g}",
        _spread(each["total"] for each in seconds),
        f"{max(each['gap'] for each in found):.1e}; {row.gap:.0e}",
        f"{max(each['memory_mb'] for each in found)}"
        + ("" if row.memory_mb == float("inf") else f"; {row.memory_mb:g}"),
        _spread(100 * (1 - each["native"] / each["total"]) for each in seconds),
        f"{sum(map(row.within, found))}",
    )
    return f"| {' | '.join(cells)} |"


def _spread(values: Iterable[float]) -> str:
    listed = sorted(values)
    middle, least, most = (f"{v:.2g}" if v < 10 else f"{v:.0f}" for v in _three(listed))
    return f"{middle} ({least} to {most})"


def _three(listed: Sequence[float]) -> tuple[float, float, float]:
    return median(listed), listed[0], listed[-1]


def table(
    rows: Iterable[Row], loads: Sequence[float], seeds: Iterable[int], results: Results
) -> Iterator[str]:
    """Yield the lines of the Markdown table, each as soon as its instances are done."""
    yield f"| {' | '.join(BARS)} |"
    yield f"|{'---|' * len(BARS)}"
    listed = tuple(seeds)
    for row in rows:
        yield line(row, [results.of(row, load, seed) for load in loads for seed in listed])


def main() -> None:
    """Measure what is not known yet, and write the table to stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [row.name for row in ROWS]
    parser.add_argument("--row", action="append", choices=names, help="only this one; repeatable")
    parser.add_argument("--seeds", type=int, default=5, help="seeds 1 to this one")
    parser.add_argument("--loads", type=float, nargs="+", default=LOADS)
    parser.add_argument("--results", type=Path, default=Path("engine-table.jsonl"))
    asked = parser.parse_args()
    rows = [row for row in ROWS if not asked.row or row.name in asked.row]
    seeds = range(1, asked.seeds + 1)
    for text in table(rows, asked.loads, seeds, Results(asked.results)):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

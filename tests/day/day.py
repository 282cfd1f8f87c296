# SPDX-License-Identifier: LGPL-2.1-or-later
"""The day itself: cycle by cycle, and what was measured by quarters."""

import multiprocessing
import re
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.day.past import fill
from tests.day.service import Measured, serve
from tests.day.verdict import Verdict, judge
from tests.day.world import ENTRIES, RUNS, World

QUARTERS = 4
CALM = 3  # cycles at the end, in which what is in question is settled; they are not measured
PATIENCE_S = 180.0  # until a cycle has to be over
# So many times as much as in the first quarter is level: two cores measure no better.
LEVEL = {"memory": 1.05, "growth of the ledger": 1.1, "CPU time of a cycle": 1.15}

_context = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Day:
    """What came of a day, and what was measured after each cycle; `failed` cycles, with why."""

    verdict: Verdict
    measured: tuple[Measured, ...]
    outages: int
    failed: tuple[str, ...]

    def quarters(self) -> list[tuple[Measured, ...]]:
        """Return what was measured, by quarters of the day; of a rest that is left over, nothing.

        The first cycle is left out: it loads what the others have loaded.
        """
        cycles = self.measured[1:]
        size = len(cycles) // QUARTERS
        return [cycles[n * size : (n + 1) * size] for n in range(QUARTERS)]

    def ratios(self) -> dict[str, float]:
        """Return what the last quarter took, by what the first did."""
        ends = [self.measured[0], *(quarter[-1] for quarter in self.quarters())]
        grown = [after.ledger_mb - before.ledger_mb for before, after in pairwise(ends)]
        spent = [median(one.cpu_s for one in quarter) for quarter in self.quarters()]
        return {
            "memory": ends[-1].rss_mb / ends[1].rss_mb,
            "growth of the ledger": grown[-1] / grown[0],
            "CPU time of a cycle": spent[-1] / spent[0],
        }

    @property
    def good(self) -> bool:
        """Whether nothing was lost or doubled, no cycle failed, and what is measured is level."""
        wrong = self.verdict.lost or self.verdict.doubled or self.failed
        return not wrong and all(ratio <= LEVEL[name] for name, ratio in self.ratios().items())


def day(folder: Path, cycles: int, runs: int, seed: int, *, past: int = 0) -> Day:
    """Have the service do so many cycles in `folder`, while about so many runs are asked for.

    A few calm ones follow. On each of some days before there were `past` runs.
    """
    here, there = _context.Pipe()
    measured: list[Measured] = []
    with World(folder, seed) as world:
        if past:
            (folder / "run").mkdir()
            fill(f"sqlite:///{folder / 'run' / 'ledger.db'}", world.now, past, seed)
        process = _context.Process(target=serve, args=(str(folder), there))
        process.start()
        try:
            for cycle in range(cycles + CALM):
                calm = cycle >= cycles
                while not calm and world.checkouts * ENTRIES * RUNS < runs * (cycle + 1) / cycles:
                    world.check_out()
                here.send(world.now)
                if not here.poll(PATIENCE_S):
                    raise TimeoutError(f"cycle {cycle + 1} does not end")
                measured.append(here.recv())
                world.go_on(calm=calm or cycle + 1 == cycles)
                if sys.stderr.isatty():
                    print(f"\r{cycle + 1} of {cycles}", end="", file=sys.stderr)  # noqa: T201
            here.send(None)
            process.join(PATIENCE_S)
        finally:
            process.kill()
        said = (folder / "said").read_text()
        failed = tuple(re.findall(r"^error: .*", said, re.MULTILINE))
        return Day(judge(world), tuple(measured[:cycles]), world.outages, failed)


def table(done: Day) -> str:
    """Return what came of a day as two tables."""
    verdict, quarters = done.verdict, done.quarters()
    states = ", ".join(f"{number} {state}" for state, number in sorted(verdict.states.items()))
    lines = [
        f"{len(done.measured)} cycles, {verdict.wanted} runs wanted, {verdict.retries} retries;"
        f" {done.outages} failures of labs; {states}",
        f"lost {len(verdict.lost)}, doubled {len(verdict.doubled)},"
        f" cycles that failed {len(done.failed)}",
        "",
        "| quarter | memory at its end, MB | ledger at its end, MB | CPU s of a cycle, median |",
        "|---|---|---|---|",
    ]
    spent = [median(one.cpu_s for one in quarter) for quarter in quarters]
    for number, (quarter, cpu) in enumerate(zip(quarters, spent, strict=True), 1):
        last = quarter[-1]
        lines.append(f"| {number} | {last.rss_mb:.0f} | {last.ledger_mb:.1f} | {cpu:.3f} |")
    lines.append("")
    for name, ratio in done.ratios().items():
        said = "level" if ratio <= LEVEL[name] else "NOT level"
        lines.append(
            f"{name}: {ratio:.2f} times the first quarter's in the last one, {said}"
            f" (at most {LEVEL[name]:g})"
        )
    lines += ["", "good" if done.good else "NOT good", ""]
    return "\n".join((*lines, *verdict.lost[:20], *verdict.doubled[:20], *done.failed[:20], ""))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The day itself: cycle by cycle, and what was measured by quarters."""

import multiprocessing
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.day.service import Measured, serve
from tests.day.verdict import Verdict, judge
from tests.day.world import ENTRIES, RUNS, World

QUARTERS = 4
CALM = 3  # cycles at the end, in which what is in question is settled; they are not measured
PATIENCE_S = 180.0  # until a cycle has to be over

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


def day(folder: Path, cycles: int, runs: int, seed: int) -> Day:
    """Have the service do so many cycles in `folder`, while about so many runs are asked for.

    A few calm ones follow.
    """
    here, there = _context.Pipe()
    measured: list[Measured] = []
    with World(folder, seed) as world:
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
    rss = [quarter[-1].rss_mb for quarter in quarters]
    lines.append(f"| last / first | {rss[-1] / rss[0]:.2f} | | {spent[-1] / spent[0]:.2f} |")
    return "\n".join((*lines, "", *verdict.lost[:20], *verdict.doubled[:20], *done.failed[:20], ""))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Seeded trials of everything that may go wrong: each wanted run is there once in the end.

`python -m tests.faults.trials --trials 340 --seed 1` prints a table; it fails if a run was lost or
doubled. In each trial something is done to one planner (or two), and calm ones follow.
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.mishaps import KINDS, Trial
from tests.faults.site import FOUND_AGAIN, GIVEN_BACK, LOOKED_FOR, Site, Verdict, judge
from tests.kernelci.double import Double
from tests.runtimes.lava.double import Lab

CALM = 7  # planners that come after, at the most
STEP_S = 90.0  # between two of them, by their own clocks
FINE = (0, 3, 4)  # done, done in part, another one is at work
HEAD = (
    "what goes wrong",
    "trials",
    "planners that died or failed",
    "looked for by key",
    "found by a later planner",
    "given back and sent anew",
    "lost or doubled",
)


def attempt(folder: Path, kind: str, seed: int) -> tuple[Verdict, list[int]]:
    """Do one trial in `folder`; return what came of it, and how the planners ended."""
    draw = random.Random(f"{kind} {seed}")
    with Double() as double, Lab() as lab:
        lab.add("rock", "Good", "Good")
        site = Site(folder, double, lab, "pubsub" if draw.random() < 0.5 else "poll")
        site.write()
        for number in range(draw.randint(1, 2)):
            site.check_out(number)
        trial = Trial(site, draw)
        KINDS[kind](trial)
        for number in range(1, CALM + 1):
            trial.off = number * STEP_S
            trial.run()
            verdict = judge(site)
            if trial.exits[-1] == 0 and verdict.holds and not verdict.waiting:
                break
        return verdict, trial.exits


@dataclass
class Line:
    """What trials of one kind came to: planners that ended badly, and what it took after them."""

    trials: int = 0
    hurt: int = 0
    needed: Counter[str] = field(default_factory=Counter)
    wrong: int = 0

    def add(self, verdict: Verdict, exits: list[int]) -> None:
        """Count a trial."""
        self.trials += 1
        self.hurt += sum(code not in FINE for code in exits)
        self.needed += verdict.needed
        self.wrong += not verdict.holds or bool(verdict.waiting)

    def __str__(self) -> str:
        """Return the cells of a table."""
        needed = (self.needed[name] for name in (LOOKED_FOR, FOUND_AGAIN, GIVEN_BACK))
        return " | ".join(map(str, (self.trials, self.hurt, *needed, self.wrong)))


def main() -> int:
    """Do the trials and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=340)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", choices=list(KINDS))
    said = parser.parse_args()
    kinds = said.kind or list(KINDS)
    lines, together = {kind: Line() for kind in kinds}, Line()
    wrong = []
    with tempfile.TemporaryDirectory() as root:
        for number in range(said.trials):
            kind, seed = kinds[number % len(kinds)], said.seed + number
            folder = Path(root) / str(number)
            verdict, exits = attempt(folder, kind, seed)
            for line in (lines[kind], together):
                line.add(verdict, exits)
            if not verdict.holds or verdict.waiting:
                wrong.append(f"\n{kind}, seed {seed}, exits {exits}:\n  {verdict}\n")
                shutil.copytree(folder, Path(tempfile.gettempdir()) / f"trial-{seed}")
            shutil.rmtree(folder, ignore_errors=True)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {said.trials}", end="", file=sys.stderr)  # noqa: T201
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n{'|---' * len(HEAD)}|\n")
    for kind, line in (*lines.items(), ("together", together)):
        sys.stdout.write(f"| {kind} | {line} |\n")
    sys.stdout.writelines(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

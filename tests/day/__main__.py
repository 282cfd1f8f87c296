# SPDX-License-Identifier: LGPL-2.1-or-later
"""Does the day; fails if a run was lost or doubled, a cycle failed, or anything grows."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.day.day import day, table

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.day", description=__doc__)
    parser.add_argument("--cycles", type=int, default=480)
    parser.add_argument("--runs", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--past", type=int, help="runs of each day before; as many if not given")
    parser.add_argument("--keep", type=Path, help="where to leave ledger and output")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        past = said.runs * 480 // said.cycles if said.past is None else said.past
        where = said.keep or Path(folder)
        done = day(where, said.cycles, said.runs, said.seed, past=past)
    sys.stdout.write(table(done))
    sys.exit(0 if done.good else 1)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Does the day, and prints a table; fails if a run was lost or doubled."""

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
    parser.add_argument("--keep", type=Path, help="where to leave ledger and output")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        done = day(said.keep or Path(folder), said.cycles, said.runs, said.seed)
    sys.stdout.write(table(done))
    sys.exit(1 if done.verdict.lost or done.verdict.doubled or done.failed else 0)

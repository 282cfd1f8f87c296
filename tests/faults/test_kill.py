# SPDX-License-Identifier: LGPL-2.1-or-later
"""A planner killed at any point is followed by one that loses no run and repeats none."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PARTS = 2  # of the points, so that they can be gone through side by side


@pytest.mark.parametrize("first", range(1, PARTS + 1))
def test_planner_killed_at_any_point(tmp_path: Path, first: int) -> None:
    """Before and after each commit, and between the shell's steps: each run is executed once."""
    driver = [sys.executable, "-m", "tests.faults.killer"]
    command = [*driver, str(tmp_path), str(first), str(PARTS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *killed, alive = [json.loads(line) for line in done.stdout.splitlines()]
    assert alive["exits"] == [0, 0]
    assert len(killed) > 30 / PARTS
    for trial in killed:
        assert trial["exits"] == [-signal.SIGKILL, 0], (trial["point"], trial["said"])
    for trial in (*killed, alive):
        ran, runs, said = trial["ran"], trial["runs"], (trial["point"], trial["said"])
        assert len(ran) == len(set(ran)) == 3, said
        assert runs.keys() > set(ran), said
        assert {runs.pop(run) for run in ran} == {"finished pass"}, said
        assert list(runs.values()) == ["dry-run None"], said

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table of what the engine takes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.engine_table import Results, Row, line, table

SMALL = Row("small", ("--runs", "40", "--slots", "6"), seconds=60, gap=1e-6)
FOUND: dict[str, Any] = {
    "seconds": {"total": 4.0, "processor": 2.0, "native": 3.0},
    "gap": 2e-5,
    "memory_mb": 100,
    "status": "feasible",
    "verified": True,
}


def test_a_line_tells_median_least_and_most_and_how_many_are_within() -> None:
    """Two of three instances are fast enough, and one of these is too large."""
    row = Row("r", (), seconds=3, gap=1e-4, memory_mb=200)
    slow = {**FOUND, "seconds": {"total": 8.0, "processor": 4.0, "native": 2.0}}
    large = {**FOUND, "memory_mb": 201}
    assert line(row, [FOUND, slow, large]) == (
        "| r | 3 | 2 (2 to 4); 3 | 4 (4 to 8) | 2.0e-05; 1e-04 | 201; 200 | 25 (25 to 75) | 1 |"
    )


def test_what_does_not_hold_is_not_within() -> None:
    """However fast it was."""
    row = Row("r", (), seconds=3, gap=1e-4)
    assert row.within(FOUND)
    assert not row.within({**FOUND, "verified": False})
    assert not row.within({**FOUND, "status": "degraded"})
    assert not row.within({**FOUND, "gap": 2e-4})


def test_a_table_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    """What stands in the file is not solved again, unless other code made it."""
    path = tmp_path / "results.jsonl"
    first = list(table([SMALL], [0.85], [1], Results(path)))
    entry = json.loads(path.read_text(encoding="utf-8"))
    assert entry["found"]["verified"]
    entry["found"]["memory_mb"] = 1
    path.write_text(json.dumps(entry) + "\n", encoding="utf-8")
    assert list(table([SMALL], [0.85], [1], Results(path))) != first
    path.write_text(json.dumps({**entry, "code": "other"}) + "\n", encoding="utf-8")
    assert Results(path).of(replace(SMALL, name="again"), 0.85, 1)["memory_mb"] > 1

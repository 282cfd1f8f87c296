# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files of runs that are over: CSV or JSON lines, one a line."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from models import PlannerError, Unusable


class Record(NamedTuple):
    """What was told of one run, and where."""

    where: str
    told: dict[str, Any]


def read_records(path: Path) -> Iterator[Record | Unusable]:
    """Yield the records of a file: CSV with a header if it is called so, or else JSON lines.

    Raises:
        PlannerError: if it cannot be read.
    """
    read = _csv if path.suffix == ".csv" else _json
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as lines:
            yield from read(path, lines)
    except OSError as error:
        raise PlannerError(f"{path}: {error.strerror}") from error


def _csv(path: Path, lines: Iterator[str]) -> Iterator[Record | Unusable]:
    rows = csv.DictReader(lines)
    try:
        for row in rows:
            where = f"{path}:{rows.line_num}"
            if None in row or None in row.values():
                yield Unusable(where, "it has not as many columns as the header")
            else:
                yield Record(where, {name: value or None for name, value in row.items()})
    except csv.Error as error:
        yield Unusable(f"{path}:{rows.line_num}", f"no CSV from here on: {error}")


def _json(path: Path, lines: Iterator[str]) -> Iterator[Record | Unusable]:
    for number, line in enumerate(lines, start=1):
        where = f"{path}:{number}"
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Unusable(where, f"this is no JSON: {error}")
            continue
        yield Record(where, told) if isinstance(told, dict) else Unusable(where, "it is no object")

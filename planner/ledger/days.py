# SPDX-License-Identifier: LGPL-2.1-or-later
"""The histograms of each day: one row, in which columns of numbers are packed.

Most cells of a day are of one run. A row for each would make the greater part of a ledger and a
scan of millions for every question; packed they are a few bytes each, and read at once.
"""

import json
import zlib
from dataclasses import replace
from itertools import count

import numpy as np
from sqlalchemy import Connection, func, select

from models import Cells, Ending, Subject, joined, merged
from planner.ledger.rows import add as add_rows
from planner.ledger.rows import put
from planner.ledger.schema import day, storable, subject

# Little-endian, in this order, each column by its bytes of the same weight: these are alike.
_TYPES = {
    "subject": "<u4",
    "ending": "<u2",
    "duration": "<u1",
    "wait": "<u1",
    "runs": "<u4",
    "duration_ms": "<u8",
    "wait_ms": "<u8",
}


def read(connection: Connection, first: int, last: int) -> Cells:
    """Return what was rolled up of the days from `first` to `last`, both inclusive, as it lies."""
    rows = connection.execute(
        select(day.c.number, day.c.document)
        .where(day.c.number.between(first, last))
        .order_by(day.c.number)
    ).all()
    names = _Names(_subjects(connection) if rows else {})
    return joined([_unpacked(number, document, names) for number, document in rows])


def state(connection: Connection) -> tuple[int, int]:
    """Return what is other when a day is other."""
    question = select(func.count(), func.coalesce(func.sum(func.length(day.c.document)), 0))
    number, size = connection.execute(question).one()
    return number, size


def add(connection: Connection, cells: Cells) -> None:
    """Add runs to the days that they are of."""
    if not len(cells):
        return
    names = _with_numbers(connection, cells)
    first, last = int(cells.day.min()), int(cells.day.max())
    span = day.c.number.between(first, last)
    rows = connection.execute(select(day.c.number, day.c.document).where(span))
    known = {row.number: row.document for row in rows}
    changed = []
    for number in np.unique(cells.day).tolist():
        parts = [cells.where(cells.day == number)]
        if number in known:
            parts.append(_unpacked(number, known[number], names))
        changed.append({"number": number, "document": _packed(merged(parts), names)})
    put(connection, day, changed)


class _Names:
    """The subjects, and the place of each number among them."""

    def __init__(self, by_number: dict[int, Subject]) -> None:
        self.subjects = tuple(by_number.values())
        self.number = {one: number for number, one in by_number.items()}
        self.place = np.zeros(max(by_number, default=0) + 1, dtype=np.int64)
        self.place[list(by_number)] = np.arange(len(by_number))


def _subjects(connection: Connection) -> dict[int, Subject]:
    columns = [subject.c[name] for name in Subject._fields]
    rows = connection.execute(select(subject.c.number, *columns).order_by(subject.c.number))
    return {number: Subject(*rest) for number, *rest in rows}


def _with_numbers(connection: Connection, cells: Cells) -> _Names:
    """Return the number of every subject that is known, or now is."""
    names = _subjects(connection)
    known = set(names.values())
    new = [one for one in map(_stored, cells.subjects) if one not in known]
    added = dict(zip(count(max(names, default=0) + 1), dict.fromkeys(new), strict=False))
    add_rows(connection, subject, [{"number": at, **one._asdict()} for at, one in added.items()])
    return _Names(names | added)


def _stored(one: Subject) -> Subject:
    return Subject._make(None if name is None else storable(name) for name in one)


def _packed(cells: Cells, names: _Names) -> bytes:
    stored = np.array([names.number[_stored(one)] for one in cells.subjects], dtype=np.int64)
    cells = replace(cells, subject=stored[cells.subject])
    head = json.dumps({"rows": len(cells), "endings": cells.endings}, separators=(",", ":"))
    planes = (
        getattr(cells, name).astype(kind).view(np.uint8).reshape(len(cells), -1).T.tobytes()
        for name, kind in _TYPES.items()
    )
    return zlib.compress(b"".join((head.encode(), b"\n", *planes)))


def _unpacked(number: int, document: bytes, names: _Names) -> Cells:
    head, _, planes = zlib.decompress(document).partition(b"\n")
    told = json.loads(head)
    rows, at, columns = int(told["rows"]), 0, {}
    for name, kind in _TYPES.items():
        width = np.dtype(kind).itemsize
        plane = np.frombuffer(planes, np.uint8, rows * width, at).reshape(width, rows)
        columns[name] = np.ascontiguousarray(plane.T).view(kind)[:, 0].astype(np.int64)
        at += rows * width
    columns["subject"] = names.place[columns["subject"]]
    endings = tuple(Ending(*ending) for ending in told["endings"])
    return Cells(names.subjects, endings, day=np.full(rows, number), **columns)

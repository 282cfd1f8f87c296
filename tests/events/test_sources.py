# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where events come from: files, packed files, standard input, and what cannot be read."""

import gzip
import io
import lzma
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import PlannerError
from planner.events import read_events, read_nodes
from tests.events.lines import item, text

CONTENT = (text(item(1)) + "\n" + text(item(2)) + "\n").encode()
IDS = ["node-1", "node-2"]


def test_a_file_by_path_or_name(tmp_path: Path) -> None:
    """A path and its text name the same file."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(CONTENT)
    for source in (path, str(path)):
        assert [event.data["id"] for event in read_events(source).events] == IDS


@pytest.mark.parametrize(("name", "pack"), [("e.xz", lzma.compress), ("e.gz", gzip.compress)])
def test_a_packed_file(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    """What is packed by its name is unpacked on the way."""
    path = tmp_path / name
    path.write_bytes(pack(CONTENT))
    assert [event.data["id"] for event in read_events(path).events] == IDS


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is standard input, bytes as they come."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CONTENT), encoding="utf-8"))
    assert [event.data["id"] for event in read_events("-").events] == IDS


def test_an_open_file() -> None:
    """Open files of bytes and of text are read alike."""
    for source in (io.BytesIO(CONTENT), io.StringIO(CONTENT.decode())):
        assert [event.data["id"] for event in read_events(source).events] == IDS


def test_an_empty_file(tmp_path: Path) -> None:
    """No line is no event and no error."""
    path = tmp_path / "empty.jsonl"
    path.touch()
    batch = read_events(path)
    assert (batch.events, batch.errors, batch.repeated, batch.keepalives) == ((), (), 0, 0)
    assert read_nodes(path).errors == ()


@pytest.mark.parametrize("read", [read_events, read_nodes])
@pytest.mark.parametrize("name", ["missing.jsonl", "folder", "missing.jsonl.xz"])
def test_what_cannot_be_read(tmp_path: Path, name: str, read: Callable[[Path], Any]) -> None:
    """A missing file and a folder are one error that names the path."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(PlannerError, match=name):
        read(tmp_path / name)


@pytest.mark.parametrize("read", [read_events, read_nodes])
@pytest.mark.parametrize(
    "packed", [b"no xz at all", lzma.compress(CONTENT * 50)[:-20]], ids=["not xz", "cut off"]
)
def test_a_broken_packed_file(tmp_path: Path, packed: bytes, read: Callable[[Path], Any]) -> None:
    """What is no xz file, or not a whole one, is an error that names the path."""
    path = tmp_path / "events.jsonl.xz"
    path.write_bytes(packed)
    with pytest.raises(PlannerError, match=r"events\.jsonl\.xz"):
        read(path)

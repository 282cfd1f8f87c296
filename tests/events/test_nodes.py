# SPDX-License-Identifier: LGPL-2.1-or-later
"""The nodes behind the events, from a file: looked up by id, and asked what ran when."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from planner.events import NodeFile, read_nodes

CREATED = datetime(2026, 11, 24, 4, 22, 45, 380000, UTC)
WINDOW = (CREATED - timedelta(hours=1), CREATED + timedelta(hours=1))


def node(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a job node as the API does, created at CREATED."""
    return {
        "id": f"n{number}",
        "kind": "job",
        "name": "boot",
        "data": {
            "kernel_revision": {"tree": "mainline", "branch": "master"},
            "platform": "rock",
        },
        "created": "2026-11-24T04:22:45.380000",
    } | changes


def read(*lines: dict[str, Any] | str) -> NodeFile:
    """Return what `read_nodes` makes of these lines."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return read_nodes(io.StringIO("\n".join(texts) + "\n"))


def test_nodes_by_their_ids() -> None:
    """A node comes back whole; an id that the file does not have is None."""
    nodes = read(node(1), node(2, name="other"))
    assert nodes.get("n2") == node(2, name="other")
    assert nodes.get("n3") is None


def test_a_later_line_replaces_an_earlier() -> None:
    """Of two lines with one id the later one counts, in whole."""
    nodes = read(node(1, result="pass", extra=1), node(2), node(1))
    assert nodes.get("n1") == node(1)


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        "null",
        "{}",
        '{"kind": "job"}',
        '{"id": 5}',
        '{"id": null}',
        "\x00",
        "[" * 99_999,
        "9" * 9_999,
        '{"id": "n9", "name": "\\ud800"}',
    ],
)
def test_a_line_that_is_no_node(bad: str) -> None:
    """It is an error with its line; the nodes around it are there."""
    nodes = read(node(1), bad, node(2))
    assert [error.line for error in nodes.errors] == [2]
    assert nodes.get("n1")
    assert nodes.get("n2")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({}, True),
        ({"job": "other"}, False),
        ({"tree": "next"}, False),
        ({"branch": "linux-6.12.y"}, False),
        ({"platform": "pi"}, False),
        ({"since": CREATED, "until": CREATED}, True),
        ({"since": CREATED + timedelta(milliseconds=1)}, False),
        ({"until": CREATED - timedelta(milliseconds=1)}, False),
    ],
)
def test_what_ran_since(asked: dict[str, Any], answer: bool) -> None:
    """Name, tree, branch, platform and both ends of the window count, the ends inclusive."""
    question: dict[str, Any] = {
        "job": "boot",
        "tree": "mainline",
        "branch": "master",
        "platform": "rock",
        "since": WINDOW[0],
        "until": WINDOW[1],
    }
    assert read(node(1)).ran_since(**question | asked) is answer


@pytest.mark.parametrize(
    "changes",
    [
        {"created": None},
        {"created": "yesterday"},
        {"created": 5},
        {"data": None},
        {"data": {}},
        {"data": {"kernel_revision": None, "platform": "rock"}},
        {"data": {"kernel_revision": "x", "platform": ["rock"]}},
        {"name": None},
        {"name": ["boot"]},
    ],
)
def test_a_node_that_says_too_little_did_not_run(changes: dict[str, Any]) -> None:
    """A node without a time, a revision, a platform or a name answers no question."""
    nodes = read(node(1, **changes))
    assert not nodes.ran_since("boot", "mainline", "master", "rock", *WINDOW)
    assert nodes.get("n1") == node(1, **changes)


def test_any_of_several_nodes() -> None:
    """One node inside the window is enough, wherever it stands in the file."""
    early, late = (node(n, created=f"2026-11-24T{n:02}:00:00") for n in (1, 9))
    nodes = read(late, node(3), early)
    assert nodes.ran_since("boot", "mainline", "master", "rock", *WINDOW)
    assert not read(late, early).ran_since("boot", "mainline", "master", "rock", *WINDOW)

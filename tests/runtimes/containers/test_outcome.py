# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a container says of its run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import RunState
from planner.runtimes.containers.outcome import ended, gone, is_overdue, under_way
from planner.runtimes.containers.recipe import TIMEOUT

BEGAN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def container(status: int, seconds: float = 5, timeout: int = 60, **more: Any) -> dict[str, Any]:
    """Return what the API says of a container that ended."""
    state = {
        "ExitCode": status,
        "StartedAt": BEGAN.isoformat(),
        "FinishedAt": (BEGAN + timedelta(seconds=seconds)).isoformat(),
        "OOMKilled": False,
    }
    return {"State": {**state, **more}, "Config": {"Labels": {TIMEOUT: str(timeout)}}}


@pytest.mark.parametrize(
    ("said", "cancelled", "result", "fault", "reason"),
    [
        (container(0), False, "pass", False, None),
        (container(0, seconds=99), False, "pass", False, None),
        (container(3), False, "fail", False, None),
        (container(130), False, "fail", False, None),
        (container(137), False, "incomplete", True, "killed from outside by signal 9"),
        (container(143), False, "incomplete", True, "killed from outside by signal 15"),
        (container(137, seconds=61), False, "incomplete", False, "timeout after 60 s"),
        (container(137, OOMKilled=True), False, "incomplete", True, "out of memory"),
        (container(143), True, "incomplete", False, "cancelled"),
        (
            container(127, StartedAt="0001-01-01T00:00:00Z", Error="no such disk"),
            False,
            "incomplete",
            True,
            "it never started: no such disk",
        ),
    ],
)
def test_ends(said: dict[str, Any], cancelled: bool, result: str, fault: bool, reason: str) -> None:
    """Tests that failed are told from places that did, and from what we did ourselves."""
    found = ended("r", "kci-r", said, "", cancelled=cancelled)
    assert (found.state, found.result, found.infrastructure) == (RunState.FINISHED, result, fault)
    assert found.detail == reason


def test_times() -> None:
    """Times are UTC to the nanosecond's rounding, and never run backwards."""
    said = container(0, FinishedAt="2026-01-02T03:04:04.999999999Z")
    found = ended("r", "kci-r", said, "", cancelled=False)
    assert found.started == found.ended == BEGAN


def test_log() -> None:
    """The last lines of the log are told, short, in one line."""
    log = "".join(f"line  {number}\n\n" for number in range(20)) + "x" * 2000
    found = ended("r", "kci-r", container(1), log, cancelled=False)
    assert found.detail is not None
    assert len(found.detail) == 500
    short = ended("r", "kci-r", container(1), "a\n\tb  c\n", cancelled=False)
    assert short.detail == "a | b c"


def test_before_the_end() -> None:
    """A container that was created waits, one that runs has started, one too long is overdue."""
    listed = {"State": "created", "Created": BEGAN.timestamp(), "Labels": {TIMEOUT: "60"}}
    assert under_way("r", "kci-r", listed).state is RunState.SUBMITTED
    listed["State"] = "running"
    found = under_way("r", "kci-r", listed)
    assert (found.state, found.started) == (RunState.STARTED, BEGAN)
    assert not is_overdue(listed, BEGAN + timedelta(seconds=60))
    assert is_overdue(listed, BEGAN + timedelta(seconds=61))
    assert not is_overdue({**listed, "State": "exited"}, BEGAN + timedelta(hours=1))


def test_gone() -> None:
    """Of a container that somebody removed only that is known."""
    found = gone("r")
    assert (found.state, found.result, found.infrastructure) == (
        RunState.FINISHED,
        "incomplete",
        True,
    )

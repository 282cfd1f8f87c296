# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a Job and its pods say of a run."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models import RunState
from planner.runtimes.kubernetes.manifest import ENDED
from planner.runtimes.kubernetes.outcome import outcome
from tests.runtimes.kubernetes.objects import ended, job, pod, terminated, waiting

RUN = "ab12-0"


def test_a_run_that_passes() -> None:
    """A Job that completed is a pass, with the times of its container."""
    found = outcome(RUN, job(**ended("Complete")), [pod(phase="Succeeded", **terminated(0))])
    assert (found.state, found.result, found.exit_status) == (RunState.FINISHED, "pass", 0)
    assert found.started == datetime(2026, 1, 2, 3, 0, 5, tzinfo=UTC)
    assert found.ended == datetime(2026, 1, 2, 3, 9, 59, tzinfo=UTC)
    assert not found.infrastructure


def test_times_without_a_pod() -> None:
    """Where the pod is gone the Job's own times count."""
    found = outcome(RUN, job(**ended("Complete")), [])
    assert found.started == datetime(2026, 1, 2, 3, 0, 1, tzinfo=UTC)
    assert found.ended == datetime(2026, 1, 2, 3, 10, tzinfo=UTC)


def test_a_run_that_fails() -> None:
    """An exit status is a failed test, not a failed place."""
    found = outcome(RUN, job(**ended("Failed", "BackoffLimitExceeded")), [pod(**terminated(3))])
    assert (found.result, found.exit_status, found.infrastructure) == ("fail", 3, False)


@pytest.mark.parametrize(
    ("pods", "reason", "text"),
    [
        ([pod(reason="Evicted", message="low on memory")], "BackoffLimitExceeded", "Evicted: low"),
        ([pod(reason="NodeLost", **terminated(1))], "BackoffLimitExceeded", "NodeLost"),
        ([pod(**terminated(137, "OOMKilled"))], "BackoffLimitExceeded", "OOMKilled"),
        ([pod(**terminated(128, "StartError"))], "BackoffLimitExceeded", "StartError"),
        ([pod(**waiting("ImagePullBackOff"))], "BackoffLimitExceeded", "no container says"),
        ([pod(**terminated(1))], "DeadlineExceeded", "DeadlineExceeded"),
        ([], "BackoffLimitExceeded", "its pod is gone"),
        (
            [
                pod(
                    conditions=[
                        {
                            "type": "DisruptionTarget",
                            "status": "True",
                            "reason": "PreemptionByScheduler",
                        }
                    ],
                    **terminated(143),
                )
            ],
            "PodFailurePolicy",
            "PreemptionByScheduler",
        ),
    ],
)
def test_places_that_fail(pods: list[Any], reason: str, text: str) -> None:
    """What was evicted, lost, out of memory, late or never started is the place's fault."""
    found = outcome(RUN, job(**ended("Failed", reason)), pods)
    assert (found.state, found.result) == (RunState.FINISHED, "incomplete")
    assert found.infrastructure
    assert text in str(found.detail)


def test_a_job_that_is_gone() -> None:
    """Of a Job that somebody deleted only that is known."""
    found = outcome(RUN, None, [])
    assert (found.state, found.result, found.infrastructure) == (
        RunState.FINISHED,
        "incomplete",
        True,
    )
    assert found.started is None
    assert found.ended is None


def test_a_run_that_was_cancelled() -> None:
    """A Job that we ended is incomplete, and nobody's fault."""
    cancelled = job(**ended("Failed", "DeadlineExceeded"))
    cancelled["metadata"]["annotations"] = {ENDED: "cancelled"}
    found = outcome(RUN, cancelled, [])
    assert (found.result, found.infrastructure, found.detail) == ("incomplete", False, "cancelled")


def test_before_it_starts() -> None:
    """An active Job has not started before its container has; what it waits for is told."""
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    for pods, text in (
        ([], None),
        ([pod(phase="Pending")], None),
        ([pod(on=None, conditions=[{**unscheduled, "message": "0/3\n  nodes"}])], "0/3 nodes"),
        ([pod(**waiting("ErrImagePull"))], "ErrImagePull: so it is"),
    ):
        found = outcome(RUN, job(active=1), pods)
        assert (found.state, found.started) == (RunState.SUBMITTED, None)
        assert text is None or text in str(found.detail)


def test_while_it_runs() -> None:
    """A run starts when its container does; with a second pod, the second is what counts."""
    running = {"running": {"startedAt": "2026-01-02T03:00:07Z"}}
    second = pod("p2", containerStatuses=[{"name": "main", "state": running}])
    second["metadata"]["creationTimestamp"] = "2026-01-02T03:00:06Z"
    found = outcome(RUN, job(active=1), [second, pod("p1", **terminated(1))])
    assert (found.state, found.started) == (
        RunState.STARTED,
        datetime(2026, 1, 2, 3, 0, 7, tzinfo=UTC),
    )

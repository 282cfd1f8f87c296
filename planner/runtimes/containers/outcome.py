# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a container says of its run: the API's JSON becomes an outcome."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from models import Outcome, RunState
from planner.runtimes.containers.recipe import TIMEOUT, labels_of

Said = Mapping[str, Any]

# In the list; `configured`, `initialized` and `stopped` are Podman's own words.
WAITING = ("created", "configured", "initialized")
ENDED = ("exited", "dead", "stopped")
_LINES, _LETTERS = 5, 500  # of a log, in the detail of an outcome
_KILLED = 128  # an exit status above is a signal's number more


def under_way(run: str, name: str, listed: Said) -> Outcome:
    """Return where a run stands whose container has not ended, from the list of containers."""
    if listed["State"] in WAITING:
        return Outcome(run=run, state=RunState.SUBMITTED, job_id=name)
    # Within moments: the list has no other time, and a look at each would cost a request.
    started = datetime.fromtimestamp(listed["Created"], UTC)
    return Outcome(run=run, state=RunState.STARTED, job_id=name, started=started)


def gone(run: str) -> Outcome:
    """Return where a run stands whose container nobody has."""
    text = "its container is gone: somebody removed it"
    return Outcome(
        run=run, state=RunState.FINISHED, result="incomplete", infrastructure=True, detail=text
    )


def is_overdue(listed: Said, now: datetime) -> bool:
    """Tell whether a container in the list runs longer than its run may."""
    timeout = labels_of(listed).get(TIMEOUT)
    lasts = now.timestamp() - listed["Created"]
    return timeout is not None and listed["State"] not in ENDED and lasts > int(timeout)


def ended(run: str, name: str, container: Said, tail: str, *, cancelled: bool) -> Outcome:
    """Return the outcome of a run whose container has ended, from a look at it and its log.

    A run passes or fails by its exit status. One that was cancelled, took too long, or was ended
    from outside is incomplete; only the last is the place's fault.
    """
    state = container["State"]
    status = int(state["ExitCode"])
    started, stopped = moment(state["StartedAt"]), moment(state["FinishedAt"])
    if started and stopped:
        stopped = max(started, stopped)
    result, fault, reason = "incomplete", False, ""
    timeout = int(labels_of(container).get(TIMEOUT) or 0)
    lasted = (stopped - started).total_seconds() if started and stopped else 0.0
    if cancelled:
        reason = "cancelled"
    elif state.get("OOMKilled"):
        fault, reason = True, "out of memory"
    elif started is None:
        fault, reason = True, f"it never started: {state.get('Error') or 'no word why'}"
    elif status > _KILLED and timeout and lasted >= timeout:
        reason = f"timeout after {timeout} s"
    elif status in (_KILLED + 9, _KILLED + 15):
        fault, reason = True, f"killed from outside by signal {status - _KILLED}"
    else:
        result = "fail" if status else "pass"
    return Outcome(
        run=run,
        state=RunState.FINISHED,
        job_id=name,
        started=started,
        ended=stopped,
        result=result,
        exit_status=status if started else None,
        infrastructure=fault,
        detail=": ".join(filter(None, (reason, _last(tail)))) or None,
    )


def moment(text: str | None) -> datetime | None:
    """Return a time of the API, None for the year 1, which stands for never."""
    if not text or text.startswith("0001-"):
        return None
    return datetime.fromisoformat(text)


def _last(log: str) -> str:
    """Return the last lines of a log, short, in one line."""
    lines = [" ".join(line.split()) for line in log.splitlines() if line.strip()]
    return " | ".join(lines[-_LINES:])[-_LETTERS:]

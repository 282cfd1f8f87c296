# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a job's record in the lab means for the run."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from models import Outcome, RunState, Sent, utc

Record = Mapping[str, Any]

_GOING_ON = {
    "Submitted": RunState.SUBMITTED,
    "Scheduling": RunState.SUBMITTED,
    "Scheduled": RunState.SUBMITTED,
    "Running": RunState.STARTED,
    "Canceling": RunState.STARTED,
}


def outcome(run: Sent, record: Record, place: str) -> Outcome | None:
    """Return where a run stands by the record of its job, None if it says nothing known.

    A job that ended without having started has no device. Whether its tests passed is not said
    here, nor, of one that did not come to its end, whose fault that was. `place` is where people
    find the job.
    """
    state, health = record.get("state"), record.get("health")
    started = utc(record.get("start_time")) if record.get("actual_device") else None
    if state in _GOING_ON:
        going = _GOING_ON[state]
        known = started if going is RunState.STARTED else None
        return Outcome(run=run.run, state=going, job_id=run.job_id, started=known, detail=place)
    if state != "Finished":
        return None
    complete = health == "Complete"
    return Outcome(
        run=run.run,
        state=RunState.FINISHED,
        job_id=run.job_id,
        started=started,
        ended=utc(record.get("end_time")),
        result="pass" if complete else "incomplete",
        detail=place if complete else f"{place}: {health}",
    )


def vanished(run: Sent, place: str) -> Outcome:
    """Return the outcome of a run of whose job the lab knows nothing any more."""
    return Outcome(
        run=run.run,
        state=RunState.FINISHED,
        job_id=run.job_id,
        result="incomplete",
        infrastructure=True,
        detail=f"{place}: the lab has no such job any more",
    )


def error_of(tests: Iterable[Record]) -> tuple[str, str] | None:
    """Return type and text of the error that ended a job, by the test cases of its suite `lava`.

    None where they tell of none.
    """
    for test in tests:
        if test.get("name") != "job":
            continue
        told = _mapping(test.get("metadata"))
        kind, text = told.get("error_type"), told.get("error_msg")
        if isinstance(kind, str) and kind:
            return kind, " ".join(str(text or "").split())
    return None


def _mapping(text: Any) -> Mapping[str, Any]:
    """Return what a YAML text holds, nothing where it is no mapping."""
    if isinstance(text, Mapping):
        return text
    try:
        content = yaml.load(str(text), Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}
    return content if isinstance(content, dict) else {}

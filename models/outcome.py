# SPDX-License-Identifier: LGPL-2.1-or-later
"""What became of a run."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from models.base import Ours
from models.catalog import Job, Platform


class RunState(StrEnum):
    """Where a run stands. The last six are final."""

    WAITING = "waiting"
    INTENDED = "intended"  # we are about to send it; it may or may not have arrived
    SUBMITTED = "submitted"
    STARTED = "started"
    FINISHED = "finished"
    DRY_RUN = "dry-run"
    FAILED = "failed"  # could not be submitted
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"  # its request cannot be served by the configuration


FINAL_STATES = frozenset(
    {
        RunState.FINISHED,
        RunState.DRY_RUN,
        RunState.FAILED,
        RunState.EXPIRED,
        RunState.SUPERSEDED,
        RunState.WITHDRAWN,
    }
)


class Outcome(Ours):
    """What a runtime knows of one run.

    `result` is pass, fail or incomplete once the run is finished; `infrastructure` is True where
    the place failed and not the kernel. Times are UTC.
    """

    run: str
    state: RunState
    job_id: str | None = None
    started: datetime | None = None
    ended: datetime | None = None
    result: str | None = None
    exit_status: int | None = None
    infrastructure: bool = False
    detail: str | None = None


class Order(Ours):
    """One run that a recorded plan sends: all that a runtime needs to render and start it.

    `node` is the parent node as the API gave it, `intended` when the intent was recorded.
    `context` is the place inside of a runtime that has several (a Kubernetes cluster), `node_id`
    the run's own node, once that was created at the API. `sought` is when it was first looked for
    after nobody knew whether it had arrived. After `send_by` it is not begun any more; as of its
    plan it starts `start_s` seconds after it is sent and takes `duration_s`. The filters are those
    that its node inherits.
    """

    run: str
    request: str
    job: str
    kind: str
    index: int
    retry: int
    parent: str
    runtime: str
    platform: str
    device_type: str
    context: str | None = None
    priority: int
    tree: str | None = None
    plan: str
    node: dict[str, Any]
    intended: datetime
    send_by: datetime | None = None
    start_s: int | None = None
    duration_s: int | None = None
    node_id: str | None = None
    sought: datetime | None = None
    jobfilter: tuple[str, ...] = ()
    platform_filter: tuple[str, ...] = ()


class Dispatch(Ours):
    """One run on its way: its order, what it executes, and the run's own node.

    `node` is as the API created it; where there is no API, it is what would have been created,
    under an id made of the run's key.
    """

    order: Order
    job: Job
    platform: Platform
    node: dict[str, Any]


class Sent(Ours):
    """A run that a runtime has, by the names under which it is known there, and what it is of."""

    run: str
    runtime: str
    job_id: str | None
    context: str | None = None
    node_id: str | None = None
    device_type: str
    submitted: datetime | None = None
    job: str | None = None
    tree: str | None = None


class Word(Ours):
    """What the API has to be told of a run that has a node there; `text` says why it failed."""

    run: str
    node_id: str
    state: RunState
    runtime: str | None
    job_id: str | None
    context: str | None
    result: str | None
    error_code: str | None
    text: str | None


class Alike(NamedTuple):
    """Which runs a limit counts that is looked at right before sending.

    Those that were sent since then, of that tree, job and device type, of at most that priority,
    in that context; None is any. With `there` only those that are not over.
    """

    since: datetime
    tree: str | None = None
    job: str | None = None
    device_type: str | None = None
    priority: int | None = None
    context: str | None = None
    there: bool = False

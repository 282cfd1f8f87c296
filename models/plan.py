# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plan as it is written down: what goes where, what waits and why, and how good that is."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from models.base import Ours
from models.option import RequestOptions
from models.price import Price
from models.reason import Reason
from models.worth import BoardWorth


def _is_none(value: object) -> bool:
    return value is None


class Status(StrEnum):
    """What is known of a plan: proven best, kept by every rule, or made by a fallback."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    DEGRADED = "degraded"


class TierResult(Ours):
    """What a plan reaches in one tier, and what no plan can exceed.

    `value` and `bound` are ints in the tier's own unit; the docs' page of the goal says which,
    and whether more or less is better.
    """

    name: str
    value: int
    bound: int


class Solve(Ours):
    """How a plan came about. `gap` is relative, over all tiers, from bounds checked anew.

    `made_by` is what has to be the same for the same problem and seed to give the same plan;
    `notes` say why this solver served and what it met.
    """

    solver: str
    status: Status
    tiers: tuple[TierResult, ...]
    gap: float
    seconds: dict[str, float]
    made_by: str = ""
    notes: tuple[str, ...] = ()


class PlanHeader(Ours):
    """Which plan this is; `problem` is the digest of the problem that it solves."""

    id: str
    problem: str
    created: datetime
    valid_until: datetime


class Assignment(Ours):
    """One run and its place; `start_s` and `duration_s` are estimates, `cost` is milli-cost.

    `queue_s` is what of the wait the queue's length alone gives, before anything was learned of
    it; nine in ten such runs last no longer than `p90_s`. Both are None where a plan was made
    from a file, which knows nothing of either.
    `load_s` is for how long it keeps a device busy until there is a result, what is likely to be
    repeated included; None in plans that were written before it was told.
    `context` is where in a runtime that has several places, such as a Kubernetes cluster.
    """

    run: str
    request: str
    job: str
    parent: str
    index: int
    runtime: str
    platform: str
    device_type: str
    priority: int
    start_s: int
    duration_s: int
    cost: int
    queue_s: int | None = None
    p90_s: int | None = None
    load_s: int | None = None
    context: str | None = Field(default=None, exclude_if=_is_none)


class Deferral(Ours):
    """One run that is not placed now, kept for later, with its reason."""

    run: str
    request: str
    job: str
    parent: str
    index: int
    reason: Reason


class RequestError(Ours):
    """One request that nothing but a change of the configuration can serve."""

    request: str
    job: str
    parent: str
    reason: Reason


class Ceiling(Ours):
    """At most `limit` runs of this priority or less."""

    priority: int
    limit: int


class SlotRoom(Ours):
    """What a slot admits, before this plan sent any run there.

    `ceilings` rise with priority; there are none where nothing limits the slot. `total` is what
    the whole runtime admits, over all its slots; None where nothing limits it.
    """

    runtime: str
    device_type: str
    ceilings: tuple[Ceiling, ...] = ()
    total: int | None = None
    context: str | None = Field(default=None, exclude_if=_is_none)


class PlanDocument(Ours):
    """A plan as `plan -o json` prints it.

    `explanations` has, for each request that was solved, what its runs could have had: enough to
    say why each went where it went. `slots` are those where any of them could have gone, `prices`
    what one more place there would be worth. `boards` is what one more device of each type would
    bring, the best first, if that was asked for.
    """

    plan: PlanHeader
    solve: Solve
    assignments: tuple[Assignment, ...]
    deferrals: tuple[Deferral, ...]
    errors: tuple[RequestError, ...]
    explanations: tuple[RequestOptions, ...] = ()
    slots: tuple[SlotRoom, ...] = ()
    prices: tuple[Price, ...] = ()
    boards: tuple[BoardWorth, ...] = ()

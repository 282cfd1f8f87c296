# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the runs of a request could have had: every candidate, as the plan left it."""

from typing import Literal, Self

from pydantic import model_validator

from models.base import Ours
from models.catalog import Mode, VariantAttribute
from models.demand import Rejection


class Obstacle(Ours):
    """The limit that one more run would exceed; nothing of it is left, or not enough.

    `rule` is the rule's name. Of a nested limit, `level` is the priority (slot_ceiling, reserve)
    or the seconds until the start (deadline) up to which runs count against it; `label` says
    which runs count, where not all do ("tree android"). `limit` is how many of
    them it admits, before this plan sent any. Of `resources`, `label` is what runs share ("cpu"),
    `limit` how much of it there was, `left` how much there is, and `need` how much one more run
    takes, in `context`.
    """

    rule: Literal[
        "slot_ceiling",
        "deadline",
        "runtime_total",
        "lab_share",
        "lab_hours",
        "lab_quota",
        "resources",
        "reserve",
    ]
    level: int | None = None
    label: str | None = None
    need: int = 1
    left: int = 0
    context: str | None = None
    limit: int


class Option(Ours):
    """One candidate of a request, after the plan.

    `values` are its values of the request's variant attributes, in their order. `wait_s` is the
    expected wait of one more run, behind all that the plan sends there; `cost` is milli-cost.
    `cpu` (in thousandths) and `memory` (in MiB) are what it takes of what runs share, in the
    `context` of a runtime that has several. `obstacle` says why there is no room for one more;
    None where there is. `further` are the limits beside that one which stand in the way as well.
    `stale_days` is for how long the job has not run on that device type for the tree, `stale_runs`
    how many runs of the plan change that. `last` are the indices of the request's runs that the
    last plan had there, `barred` of those that are pinned elsewhere. `duration_s` is until a
    result, repetitions of spoiled runs included. `basis` says where the estimate is from, None
    where the plan was made from a file.
    """

    runtime: str
    platform: str
    device_type: str
    values: tuple[str, ...] = ()
    wait_s: int
    duration_s: int
    cost: int
    context: str | None = None
    cpu: int = 0
    memory: int = 0
    obstacle: Obstacle | None = None
    further: tuple[Obstacle, ...] = ()
    basis: str | None = None
    stale_days: int = 0
    stale_runs: int = 0
    last: tuple[int, ...] = ()
    barred: tuple[int, ...] = ()


class RequestOptions(Ours):
    """All that decides about the runs of one request.

    `value` is what one run is worth, in hundredths of a point; `slack_s` how soon it must start.
    `reserved` tells whether room that is reserved is for them.
    `quotas` are the quotas of labs that its runs count against ("lab-x tree android").
    `mode` is None where its runs need not differ. `earlier` are the values that runs sent in
    earlier cycles took, by variant attribute in the order of `variant`.
    """

    request: str
    value: int
    priority: int
    slack_s: int
    reserved: bool = False
    quotas: tuple[str, ...] = ()
    mode: Mode | None
    variant: tuple[VariantAttribute, ...]
    earlier: tuple[tuple[str, ...], ...]
    options: tuple[Option, ...]
    rejections: tuple[Rejection, ...] = ()

    @model_validator(mode="after")
    def _one_value_an_attribute(self) -> Self:
        count = len(self.variant)
        if len(self.earlier) != count or any(len(o.values) != count for o in self.options):
            raise ValueError(f"request {self.request} has not one value for each of its attributes")
        return self

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Why a run went where it went, or nowhere: each of its candidates, judged."""

from enum import StrEnum

from models.base import Ours
from models.catalog import VariantAttribute
from models.demand import Rejection
from models.option import Obstacle
from models.plan import Assignment
from models.price import Price
from models.reason import Reason
from models.remedy import Remedy


class Verdict(StrEnum):
    """What became of one candidate of a run."""

    CHOSEN = "chosen"
    WORSE = "worse"  # it had room, and a tier would be worse
    EQUAL = "equal"  # it had room, and every tier would be the same
    BETTER = "better"  # it had room and a tier would be better: the plan is not the best
    FREE = "free"  # it had room, and the run is not placed at all
    REPEATED = "repeated"  # another run of the strict request has its value
    PINNED = "pinned"  # an operator pinned the run elsewhere
    NO_ROOM = "no_room"


class Judgement(Ours):
    """One candidate of a run and what became of it.

    `wait_s`, `duration_s` and their sum `completion_s` are expected seconds, `cost` milli-cost.
    `adds` says, by goal, by how much each tier of the plan would grow with this run there.
    `repeats` are the variant attributes whose value another run of the request has. `tier` is
    the first tier that differs from the chosen candidate's (worse, better). `takers` are the
    runs that the obstacle's limit went to, those that are served first before the others; `price`
    is what one more place under that limit would be worth, None if it would bring nothing.
    `stale_days` is for how long the job has not run on that device type for the tree.
    """

    runtime: str
    platform: str
    device_type: str
    wait_s: int
    duration_s: int
    completion_s: int
    cost: int
    adds: dict[str, int]
    repeats: tuple[VariantAttribute, ...] = ()
    verdict: Verdict
    tier: str | None = None
    obstacle: Obstacle | None = None
    takers: tuple[str, ...] = ()
    price: Price | None = None
    basis: str | None = None
    stale_days: int = 0


class Explanation(Ours):
    """One run: where it goes or why it waits, and each place that it could have had or not.

    A request in error has no runs: then `run` is its key and `index` is None. `remedy` is what it
    would take to place it, if that was asked for.
    """

    run: str
    request: str
    job: str
    parent: str
    index: int | None
    assignment: Assignment | None = None
    reason: Reason | None = None
    candidates: tuple[Judgement, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    remedy: Remedy | None = None

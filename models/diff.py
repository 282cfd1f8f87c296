# SPDX-License-Identifier: LGPL-2.1-or-later
"""What differs between two plans."""

from models.base import Ours
from models.demand import Place
from models.plan import RequestError
from models.reason import Reason


class RunChange(Ours):
    """One run before and after: its place or, where it waits, its reason; neither if unknown."""

    run: str
    request: str
    job: str
    parent: str
    place_before: Place | None = None
    place_after: Place | None = None
    reason_before: Reason | None = None
    reason_after: Reason | None = None


class TierChange(Ours):
    """One tier's value before and after; None where the plan has no such tier."""

    name: str
    before: int | None
    after: int | None


class PlanDiff(Ours):
    """What the plan `after` decides otherwise than `before`; both are the plans' ids.

    `placed` waited before, `moved` had another place, `deferred` had a place; `reasons` waits
    now as before, for a reason of another code. `new` are runs that only `after` speaks of,
    `gone` those that only `before` does. Expected times and costs alone make no difference.
    """

    before: str
    after: str
    placed: tuple[RunChange, ...] = ()
    moved: tuple[RunChange, ...] = ()
    deferred: tuple[RunChange, ...] = ()
    new: tuple[RunChange, ...] = ()
    gone: tuple[RunChange, ...] = ()
    reasons: tuple[RunChange, ...] = ()
    new_errors: tuple[RequestError, ...] = ()
    gone_errors: tuple[RequestError, ...] = ()
    tiers: tuple[TierChange, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether both plans decide the same."""
        return not any(getattr(self, name) for name in type(self).model_fields if name not in _IDS)


_IDS = ("before", "after")

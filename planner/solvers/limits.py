# SPDX-License-Identifier: LGPL-2.1-or-later
"""When a search has worked enough: by work, which repeats, and by a wall clock that guards it."""

from collections.abc import Callable

from models import Policy

# Simplex steps for one unit of the policy's work limit: about what a second sees of a large model.
STEPS = 10_000


class Limit:
    """The limits of a policy; `fired` says which one ended the search, if any did.

    A search that ends by its work ends at the same point each time. One that the wall clock ends
    does not, and `wall` says so.
    """

    def __init__(self, policy: Policy, clock: Callable[[], float] | None) -> None:
        self.fired = ""
        self.wall = False
        self._steps = policy.work_limit * STEPS
        self._seconds = policy.wall_guard
        self._clock = clock
        self._began = clock() if clock else 0.0

    def over(self, steps: int) -> bool:
        """Tell whether so many simplex steps, or the time that they took, are enough."""
        if steps >= self._steps:
            self.fired = f"the work limit ended the search after {self._steps} simplex steps"
        elif self._clock and self._clock() - self._began >= self._seconds:
            self.wall = True
            self.fired = f"the wall-clock guard ended the search after {self._seconds} s"
        return bool(self.fired)

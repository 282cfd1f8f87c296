# SPDX-License-Identifier: LGPL-2.1-or-later
"""The placed runs of a plan, counted once for all rules and goals that ask."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary, ref

import numpy as np

from planner.problem.problem import Ints, Problem


@dataclass(frozen=True)
class Placed:
    """The runs that have a place, in run order: their `request`, `candidate` and `slot`.

    `of_request` is how many there are of each request, `on_slot` how many on each slot.
    """

    request: Ints
    candidate: Ints
    slot: Ints
    of_request: Ints
    on_slot: Ints

    @classmethod
    def of(cls, problem: Problem, choice: Ints) -> "Placed":
        """Return the runs that `choice` places."""
        here = choice >= 0
        request, candidate = problem.run_request[here], choice[here]
        slot = problem.candidate_slot[candidate]
        return cls(
            request,
            candidate,
            slot,
            np.bincount(request, minlength=problem.requests),
            np.bincount(slot, minlength=problem.slots),
        )


# What was last counted for a problem. Only of choices that nobody can write to any more.
_COUNTED: WeakKeyDictionary[Problem, "tuple[ref[Ints], Placed]"] = WeakKeyDictionary()


def placed(problem: Problem, choice: Ints) -> Placed:
    """Return the runs that `choice` places: counted anew only where it may be another choice."""
    counted = _COUNTED.get(problem)
    if counted is not None and counted[0]() is choice and not choice.flags.writeable:
        return counted[1]
    found = Placed.of(problem, choice)
    if not choice.flags.writeable:
        _COUNTED[problem] = ref(choice), found
    return found

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The placed runs of a plan, counted once for all rules and goals that ask."""

from dataclasses import dataclass

import numpy as np

from planner.problem.problem import Ints, Problem
from planner.rules.once import once


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


@once
def placed(problem: Problem, choice: Ints) -> Placed:
    """Return the runs that `choice` places."""
    here = choice >= 0
    request, candidate = problem.run_request[here], choice[here]
    slot = problem.candidate_slot[candidate]
    return Placed(
        request,
        candidate,
        slot,
        np.bincount(request, minlength=problem.requests),
        np.bincount(slot, minlength=problem.slots),
    )

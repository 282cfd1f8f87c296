# SPDX-License-Identifier: LGPL-2.1-or-later
"""The columns that the contracts of labs make."""

from planner.candidates import Admission
from planner.problem.problem import Ints
from planner.problem.tables import Codes, table


def contract_columns(admission: Admission, runtimes: Codes, demand: Ints) -> dict[str, Ints]:
    """Return the limits that contracts put on several runs together.

    `demand` is how many runs could go to each slot.
    """
    shares = [
        (runtimes.names[name], limit)
        for name, limit in admission.contracts.shares().items()
        if name in runtimes.names
    ]
    return {
        **table(("share_runtime", "share_limit"), shares),
        **table(("hours_slot", "hours_limit"), _hours(admission, demand)),
    }


def _hours(admission: Admission, demand: Ints) -> list[tuple[int, int]]:
    """Return how many runs each slot can start before its lab closes, if more could go there."""
    rows = []
    for slot, queue in enumerate(admission.queues):
        terms = admission.contracts.of(queue.runtime)
        if terms is None or terms.closes_in is None:
            continue
        # A run that starts when the lab closes is too late.
        most = queue.runs_within(terms.closes_in - 1, admission.due[slot])
        if most < demand[slot]:
            rows.append((slot, most))
    return rows

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The placed runs of a plan by name, each with the time when it is expected to start."""

import numpy as np

from models import Assignment
from planner.plan.plan import Plan
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import waits


def starts(problem: Problem, choice: Ints) -> Ints:
    """Return the expected wait of each run in seconds, 0 where it is not placed.

    A slot serves higher priorities first, then the order of the batch.
    """
    run = np.flatnonzero(choice >= 0)
    slot = problem.candidate_slot[choice[run]]
    priority = problem.request_priority[problem.run_request[run]]
    start = np.zeros(problem.runs, dtype=np.int64)
    start[run[np.lexsort((run, -priority, slot))]] = waits(problem, choice)
    return start


def assignments(problem: Problem, plan: Plan) -> tuple[Assignment, ...]:
    """Return the placed runs in the order of the batch."""
    run = np.flatnonzero(plan.choice >= 0)
    candidate, request = plan.choice[run], problem.run_request[run]
    slot = problem.candidate_slot[candidate]
    labels = problem.labels
    columns = (
        request,
        problem.run_index[run],
        problem.slot_runtime[slot],
        problem.candidate_platform[candidate],
        problem.slot_device_type[slot],
        problem.request_priority[request],
        starts(problem, plan.choice)[run],
        problem.candidate_duration[candidate],
        problem.candidate_cost[candidate],
    )
    return tuple(
        Assignment(
            run=f"{labels['request'][r]}-{index}",
            request=labels["request"][r],
            job=labels["job"][r],
            parent=labels["parent"][r],
            index=index,
            runtime=labels["runtime"][runtime],
            platform=labels["platform"][platform],
            device_type=labels["device_type"][device_type],
            priority=priority,
            start_s=start,
            duration_s=duration,
            cost=cost,
        )
        for r, index, runtime, platform, device_type, priority, start, duration, cost in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )

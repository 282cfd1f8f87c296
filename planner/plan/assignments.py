# SPDX-License-Identifier: LGPL-2.1-or-later
"""The placed runs of a plan by name, each with the time when it is expected to start."""

from collections import Counter

import numpy as np

from models import Assignment
from planner.estimates import Pace
from planner.plan.plan import Plan
from planner.problem import Problem
from planner.problem.problem import Ints
from planner.rules import waits


def _served(problem: Problem, choice: Ints) -> Ints:
    """Return the placed runs, slot by slot in the order in which they are served.

    A slot serves higher priorities first, then the order of the batch.
    """
    run = np.flatnonzero(choice >= 0)
    slot = problem.candidate_slot[choice[run]]
    priority = problem.request_priority[problem.run_request[run]]
    return run[np.lexsort((run, -priority, slot))]


def starts(problem: Problem, choice: Ints) -> Ints:
    """Return the expected wait of each run in seconds, 0 where it is not placed."""
    start = np.zeros(problem.runs, dtype=np.int64)
    start[_served(problem, choice)] = waits(problem, choice)
    return start


def promises(problem: Problem, choice: Ints) -> dict[int, tuple[int, int, int]]:
    """Return of each placed run what the queue's length says of its wait, its duration and p90.

    Nothing where the problem was loaded from a file: that has neither queues nor estimates.
    """
    if problem.admission is None:
        return {}
    queues, paces = problem.admission.queues, problem.admission.paces
    found: dict[int, tuple[int, int, int]] = {}
    ahead: Counter[int] = Counter()
    for run in _served(problem, choice).tolist():
        request, candidate = int(problem.run_request[run]), int(choice[run])
        slot = int(problem.candidate_slot[candidate])
        ahead[slot] += 1
        unlearned = Pace(0, paces[slot].service_s)
        option = candidate - problem.candidates(request).start
        estimate = problem.admission.candidates[request][option].estimate
        promise = queues[slot].wait(ahead[slot], unlearned)
        found[run] = (promise, estimate.duration_s, estimate.p90_s)
    return found


def assignments(problem: Problem, plan: Plan) -> tuple[Assignment, ...]:
    """Return the placed runs in the order of the batch."""
    run = np.flatnonzero(plan.choice >= 0)
    candidate, request = plan.choice[run], problem.run_request[run]
    slot = problem.candidate_slot[candidate]
    labels = {name: tuple(names) for name, names in problem.labels.items()}
    told = promises(problem, plan.choice)
    columns = (
        run,
        request,
        problem.run_index[run],
        problem.slot_runtime[slot],
        problem.candidate_platform[candidate],
        problem.slot_device_type[slot],
        problem.request_priority[request],
        starts(problem, plan.choice)[run],
        problem.candidate_duration[candidate],
        problem.candidate_cost[candidate],
        slot,
    )
    contexts = [problem.context(each) for each in range(problem.slots)]
    return tuple(
        Assignment(
            run=f"{labels['request'][r]}-{index}",
            request=labels["request"][r],
            job=labels["job"][r],
            parent=labels["parent"][r],
            index=index,
            runtime=labels["runtime"][runtime],
            platform=labels["platform"][platform],
            device_type=labels["device_type"][kind],
            priority=priority,
            start_s=start,
            duration_s=once,
            cost=cost,
            queue_s=queue,
            p90_s=p90,
            load_s=duration,
            context=contexts[at],
        )
        for n, r, index, runtime, platform, kind, priority, start, duration, cost, at in zip(
            *(column.tolist() for column in columns), strict=True
        )
        for queue, once, p90 in (told.get(n, (None, duration, None)),)
    )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is counted of placed runs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.rules import placed
from tests.instances import instance


@given(seed=st.integers(0, 2**32 - 1))
def test_counts_are_those_of_each_run(seed: int) -> None:
    """Runs on slots and of requests, counted one by one."""
    problem = instance(seed)
    draw = np.random.default_rng(seed)
    choice = np.full(problem.runs, -1, dtype=np.int64)
    for run, request in enumerate(problem.run_request.tolist()):
        options = problem.candidates(request)
        if len(options) and draw.random() < 0.7:
            choice[run] = draw.choice(options)
    here = placed(problem, choice)
    runs = np.flatnonzero(choice >= 0)
    assert here.request.tolist() == problem.run_request[runs].tolist()
    assert here.candidate.tolist() == choice[runs].tolist()
    slots = problem.candidate_slot[choice[runs]].tolist()
    assert here.slot.tolist() == slots
    assert here.on_slot.tolist() == [slots.count(slot) for slot in range(problem.slots)]
    requests = here.request.tolist()
    assert here.of_request.tolist() == [requests.count(r) for r in range(problem.requests)]


def test_only_what_cannot_change_is_counted_once() -> None:
    """A choice that somebody may write to is counted anew, and so is another one."""
    problem = instance(1)
    choice = np.full(problem.runs, -1, dtype=np.int64)
    assert not len(placed(problem, choice).request)
    choice[0] = problem.candidates(0).start
    assert len(placed(problem, choice).request) == 1
    choice.setflags(write=False)
    once = placed(problem, choice)
    assert placed(problem, choice) is once
    assert placed(problem, choice.copy()) is not once

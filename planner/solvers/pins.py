# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which run of a request has which of its places, where some are pinned."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from planner.problem import STRICT, Problem
from planner.problem.problem import Ints


def obey(problem: Problem, choice: Ints) -> Ints:
    """Return `choice` with the places of each request that has pinned runs dealt out anew.

    As many as can have a run that may go there. Solvers that know of no pins may leave places that
    none may take: these are given up, and with them all of a strict request.
    """
    if not problem.barred:
        return choice
    found = choice.copy()
    for request in sorted({int(problem.run_request[run]) for run in problem.barred}):
        runs = range(*problem.run_start[request : request + 2].tolist())
        units = [int(choice[run]) for run in runs if choice[run] >= 0]
        if not units:
            continue
        open_ = [[unit not in problem.barred.get(run, ()) for run in runs] for unit in units]
        found[runs.start : runs.stop] = -1
        taker = maximum_bipartite_matching(
            csr_matrix(np.array(open_, dtype=bool, ndmin=2)), perm_type="column"
        )
        if problem.request_mode[request] == STRICT and (taker < 0).any():
            continue
        for unit, run in zip(units, taker.tolist(), strict=True):
            if run >= 0:
                found[runs.start + run] = unit
    return found

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Problems that are pure networks, solved by NetworkX's min-cost flow."""

import networkx
import numpy as np

from planner.problem import STRICT, Problem
from planner.problem.problem import Ints

# Beyond so many candidates NetworkX takes minutes, and it has no limit of its own.
CANDIDATES = 20_000


def is_network(problem: Problem) -> bool:
    """Tell whether all that limits `problem` nests: no strict requests, and ceilings only."""
    tables = (
        problem.deadline_slot,
        problem.hours_slot,
        problem.share_runtime,
        problem.resource_pool,
    )
    return (
        not (problem.request_mode == STRICT).any()
        and not any(len(table) for table in (*tables, problem.quota_runtime))
        and int(np.diff(problem.menu_start)[problem.request_menu].sum()) <= CANDIDATES
    )


def flow(problem: Problem) -> Ints:
    """Return the choice that is worth most; nothing is said of later tiers."""
    graph = networkx.DiGraph()
    graph.add_node("source", demand=-problem.runs)
    graph.add_node("sink", demand=problem.runs)
    graph.add_edge("source", "sink")  # what is not placed
    levels = _capacity(problem, graph)
    priority, worth = problem.request_priority.tolist(), problem.request_value.tolist()
    slot = problem.candidate_slot.tolist()
    for request, number in enumerate(problem.request_number.tolist()):
        graph.add_edge("source", request, capacity=number, weight=-worth[request])
        for candidate in problem.candidates(request):
            below = sum(level < priority[request] for level in levels[slot[candidate]])
            graph.add_edge(request, (slot[candidate], below), candidate=candidate)
    _, amounts = networkx.network_simplex(graph)
    choice = np.full(problem.runs, -1, dtype=np.int64)
    for request, first in enumerate(problem.run_start[:-1].tolist()):
        taken = [
            graph.edges[request, place]["candidate"]
            for place, amount in amounts[request].items()
            for _ in range(amount)
        ]
        choice[first : first + len(taken)] = taken
    return choice


def _capacity(problem: Problem, graph: networkx.DiGraph) -> list[list[int]]:
    """Add slots and runtimes to `graph`; return the priorities at which each slot has a ceiling.

    Node (s, i) takes what is not below the i-th of them; what passes it also counts for the next.
    """
    levels: list[list[int]] = [[] for _ in range(problem.slots)]
    rows = zip(
        problem.ceiling_slot.tolist(),
        problem.ceiling_priority.tolist(),
        problem.ceiling_limit.tolist(),
        strict=True,
    )
    for slot, priority, limit in rows:
        at = len(levels[slot])
        graph.add_edge((slot, at), (slot, at + 1), capacity=limit)
        levels[slot].append(priority)
    for slot, runtime in enumerate(problem.slot_runtime.tolist()):
        graph.add_edge((slot, len(levels[slot])), ("runtime", runtime))
        graph.add_edge(("runtime", runtime), "sink")
    totals = zip(problem.total_runtime.tolist(), problem.total_limit.tolist(), strict=True)
    for runtime, limit in totals:
        graph.add_edge(("runtime", runtime), "sink", capacity=limit)
    return levels

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The columns of what the runs in one place share."""

from collections.abc import Sequence

from models import ContextCapacity
from planner.candidates import Admission, Candidate
from planner.problem.problem import CPU, MEMORY, RUNS, Ints
from planner.problem.tables import Codes, ints, table


def resource_columns(
    admission: Admission, menus: Sequence[Sequence[Candidate]], runtimes: Codes
) -> tuple[dict[str, Ints], tuple[str, ...]]:
    """Return pools, needs and limits, and the names of the pools; nothing where there are none."""
    if not any(queue.runtime in admission.contexts for queue in admission.queues):
        return {}, ()
    pools: dict[tuple[str, str], int] = {}
    slot_pool = [
        pools.setdefault((queue.runtime, queue.context), len(pools)) for queue in admission.queues
    ]
    limits = [
        (pool, kind, limit)
        for (runtime, context), pool in pools.items()
        for kind, limit in _limits(admission.contexts.get(runtime, {}).get(context))
    ]
    needs = [candidate.needs for menu in menus for candidate in menu]
    columns = {
        "slot_pool": ints(slot_pool),
        "pool_runtime": ints(runtimes.of(runtime) for runtime, _ in pools),
        "candidate_cpu": ints(need.cpu for need in needs),
        "candidate_memory": ints(need.memory for need in needs),
        **table(("resource_pool", "resource_kind", "resource_limit"), limits),
    }
    return columns, tuple(context for _, context in pools)


def _limits(context: ContextCapacity | None) -> list[tuple[int, int]]:
    """Return what is left in a context, for each kind of which it is known."""
    if context is None:
        return []
    left = zip((RUNS, CPU, MEMORY), context.left, strict=True)
    return [(kind, limit) for kind, limit in left if limit is not None]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A batch planner for KernelCI: events in, a checked plan out.

Each function returns what the next one takes::

    catalog = planner.load_catalog("config")
    batch = planner.read_events("events.jsonl")
    demand = planner.expand(catalog, batch, nodes=planner.read_nodes("nodes.jsonl"))
    admitted = planner.admit(catalog, demand)
    problem = planner.build(admitted)
    plan = planner.solve(problem, solver="exact", seed=0)
    planner.check(problem, plan)
    planner.explain(problem, plan, problem.run_id(0))

The same in one object, of which something can be different::

    scenario = planner.Scenario(catalog, demand.requests, capacity)
    planner.what_if(scenario, ["lab=lava-x:offline"])

Names are imported when they are first used, so that `import planner` costs next to nothing.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "load_catalog": "planner.config",
    "load_policy": "planner.config",
    "read_events": "planner.events",
    "read_nodes": "planner.events",
    "expand": "planner.demand",
    "read_capacity": "planner.config",
    "admit": "planner.candidates",
    "build": "planner.problem",
    "solve": "planner.solvers",
    "check": "planner.plan",
    "document": "planner.plan",
    "explain": "planner.plan",
    "diff": "planner.plan",
    "Scenario": "planner.whatif",
    "what_if": "planner.whatif",
    "worth": "planner.whatif",
    "remedy": "planner.whatif",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'planner' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_HOME)

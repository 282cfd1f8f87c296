# SPDX-License-Identifier: LGPL-2.1-or-later
"""The planner in a world that is made up: the same cycle, simulated labs, simulated time.

    scenario = find_workload("day").draw(catalog, seed=1, times=1.0)
    story = simulate(scenario, load_approach("default"))
    measure(story)

simulation.py  the whole on one page         scenario.py   a site, its labs, its checkouts
workloads/     scenarios by name             checkouts.py  when which tree has something new
policies/      the ways that are compared    fleet.py      what labs have and what befalls them
approach.py    what such a file says         service.py    how long runs last, which of them fail
labs/          labs as models                pipeline.py   KernelCI: nodes, events, retries
measures.py    what a story is judged by     lists.py      criteria written as today's lists
tally.py       what became of each run       wanted.py     what checkouts ask for
recording.py   recorded events again
memory/        a ledger without a disk       streams.py    randomness with names

Names are imported when they are first used: simpy is nothing that every command needs.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Approach": "planner.simulate.approach",
    "approaches": "planner.simulate.approach",
    "load_approach": "planner.simulate.approach",
    "WORKLOADS": "planner.simulate.workloads",
    "find_workload": "planner.simulate.workloads",
    "Scenario": "planner.simulate.scenario",
    "Story": "planner.simulate.simulation",
    "simulate": "planner.simulate.simulation",
    "MEASURES": "planner.simulate.measures",
    "measure": "planner.simulate.measures",
    "tally": "planner.simulate.ends",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'planner.simulate' has no attribute {name!r}")

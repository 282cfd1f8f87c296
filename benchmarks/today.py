# SPDX-License-Identifier: LGPL-2.1-or-later
"""The exact solver against KernelCI's present policy, on one batch and the same capacity.

    python -m benchmarks.today -c DIR --events FILE --nodes FILE [--seeds 5]

`today` takes events one by one, draws a lab of the type and drops a run at a full queue. Each
seed draws another capacity (and other labs for `today`): one to three boards of each device type
that the batch asks for, some of them busy, with up to eight jobs in the queue already. The table
is the mean over the seeds.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean

import planner
from models import Capacity, Catalog, Demand, DeviceCapacity, LabType, PlanDocument, RuntimeCapacity
from planner.plan import document

SOLVERS = ("today", "exact")
CLASSES = (("high", 60, 100), ("medium", 40, 59), ("low", 0, 39))
_LAVA = (LabType.LAVA, LabType.LAVA_REST, LabType.LAVA_XMLRPC)


def draw_capacity(catalog: Catalog, demand: Demand, seed: int) -> Capacity:
    """Return boards, busy ones and queues for all that `demand` may ask for."""
    draw = random.Random(seed)
    asked: dict[str, set[str]] = {}
    for request in demand.requests:
        for place in request.candidates:
            asked.setdefault(place.runtime, set()).add(place.device_type)
    runtimes = {}
    for name, types in sorted(asked.items()):
        if catalog.runtimes[name].lab_type not in _LAVA:
            runtimes[name] = RuntimeCapacity(runtime=name, slots=100, running=draw.randint(0, 40))
            continue
        devices = {}
        for device_type in sorted(types):
            boards = draw.choice((1, 1, 1, 2, 3))
            devices[device_type] = DeviceCapacity(
                devices=boards,
                running=draw.randint(0, boards),
                queue=draw.choice((0, 0, 1, 2, 4, 8)),
            )
        runtimes[name] = RuntimeCapacity(runtime=name, devices=devices)
    return Capacity(runtimes=runtimes)


def measures(plan: PlanDocument) -> dict[str, float]:
    """Return what a plan is worth to people, by measure."""
    placed = plan.assignments
    counts: dict[str, float] = {
        f"runs placed, {name} priority": sum(low <= a.priority <= high for a in placed)
        for name, low, high in CLASSES
    }
    return {
        "runs placed": len(placed),
        **counts,
        "device types": len({a.device_type for a in placed}),
        "job x device type": len({(a.job, a.parent, a.device_type) for a in placed}),
        "minutes to completion, mean": mean(_minutes(plan) or [0]),
        "minutes to completion, high priority": mean(_minutes(plan, CLASSES[0][1]) or [0]),
    }


def _minutes(plan: PlanDocument, priority: int = 0) -> list[float]:
    return [(a.start_s + a.duration_s) / 60 for a in plan.assignments if a.priority >= priority]


def compare(
    catalog: Catalog, demand: Demand, seeds: Iterable[int]
) -> dict[str, list[dict[str, float]]]:
    """Return the measures of each solver's plans, one for each seed."""
    found: dict[str, list[dict[str, float]]] = {solver: [] for solver in SOLVERS}
    for seed in seeds:
        capacity = draw_capacity(catalog, demand, seed)
        admission = planner.admit(catalog, demand, capacity)
        problem = planner.build(admission)
        for solver in SOLVERS:
            plan = planner.solve(problem, solver=solver, seed=seed)
            assert planner.check(problem, plan) == []
            found[solver].append(measures(document(problem, plan, created=admission.now)))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the comparison as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-c", "--yaml-config", action="append", required=True, type=Path)
    parser.add_argument("--events", required=True)
    parser.add_argument("--nodes", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args(arguments)
    catalog = planner.load_catalog(*asked.yaml_config)
    nodes = planner.read_nodes(asked.nodes) if asked.nodes else None
    demand = planner.expand(catalog, planner.read_events(asked.events), nodes=nodes)
    found = compare(catalog, demand, range(asked.seeds))
    sys.stdout.write(f"| mean of {asked.seeds} seeds | {' | '.join(SOLVERS)} |" + "\n")
    sys.stdout.write("|---" * (len(SOLVERS) + 1) + "|" + "\n")
    for measure in found[SOLVERS[0]][0]:
        cells = (f"{mean(row[measure] for row in found[solver]):.1f}" for solver in SOLVERS)
        sys.stdout.write(f"| {measure} | {' | '.join(cells)} |" + "\n")


if __name__ == "__main__":
    main()

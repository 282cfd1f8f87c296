# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exact against CP-SAT on many random problems with all rules on: `python -m benchmarks.agreement`.

Instances are those of the property tests; every plan is checked. Exits with 1 where two proven
plans differ in a tier.
"""

import argparse
import sys
from collections import Counter

from models import Status
from planner.plan import check
from planner.problem import Problem
from planner.solvers import solve
from tests.instances import instance


def compare(problem: Problem) -> str:
    """Return how the two agree: same, differ, unproven (CP-SAT ran out) or broken."""
    exact, cpsat = solve(problem, solver="exact"), solve(problem, solver="cpsat")
    if check(problem, exact) or check(problem, cpsat):
        return "broken"
    values = [[tier.value for tier in plan.tiers] for plan in (exact, cpsat)]
    if values[0] == values[1]:
        return "same"
    proven = exact.status is Status.OPTIMAL and cpsat.status is Status.OPTIMAL
    return "differ" if proven else "unproven"


def main() -> None:
    """Compare and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    found: Counter[str] = Counter()
    for seed in range(asked.first, asked.first + asked.problems):
        verdict = compare(instance(seed, requests=20 + seed % 41, slots=2 + seed % 9, most_runs=4))
        found[verdict] += 1
        if verdict != "same":
            sys.stdout.write(f"seed {seed}: {verdict}\n")
    counts = ", ".join(f"{name} {count}" for name, count in sorted(found.items()))
    sys.stdout.write(f"{counts}\n")
    sys.exit(1 if found["differ"] or found["broken"] else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same problem and seed give the same plan, whichever process makes it."""

import os
import subprocess
import sys

import ortools
import pytest

from planner.solvers import solve
from tests.instances import instance

# Every solver, a search that splits, and one by kind; of each what it decided and what it proved.
PROGRAM = """
from benchmarks.instance import Size, make
from planner.plan.proof import leaves
from planner.solvers import SOLVERS, solve
from tests.instances import instance

problems = [(instance(11, 20, 6), solver) for solver in SOLVERS]
problems += [(make(Size(1500, 60, 1.2), 4), solver) for solver in ("exact", "scaled")]
problems += [(make(Size(5000, 200, 1.2, distinct=True), 1), "auto")]
for problem, solver in problems:
    plan = solve(problem, solver=solver, seed=3)
    prices = [float(p.sum()) for leaf, _ in leaves(plan.proof) for p in leaf.prices]
    print(problem.digest, plan.id, plan.status, plan.gap, plan.tiers, prices)
"""


def _elsewhere(hash_seed: str, threads: str) -> str:
    limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, **limits},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout


@pytest.fixture(scope="module")
def reference() -> str:
    """Return what one process decided."""
    return _elsewhere("0", "1")


@pytest.mark.parametrize(("hash_seed", "threads"), [("1", "1"), ("random", "4")])
def test_another_process_makes_the_same_plans(reference: str, hash_seed: str, threads: str) -> None:
    """Neither the order of sets nor the number of threads has a say in a plan or its proof."""
    assert _elsewhere(hash_seed, threads) == reference


def test_a_plan_says_what_made_it() -> None:
    """Another version of OR-Tools may take another of several equally good plans."""
    assert solve(instance(11, 20, 6)).made_by == f"OR-Tools {ortools.__version__}"

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rule `resources`, alone."""

from dataclasses import replace

import numpy as np
from hypothesis import given

from planner.problem import CPU, MEMORY, RUNS, Problem
from planner.rules.resources import Resources
from tests.rules.facts import Wish, choose, facts
from tests.rules.lifted import agree, columns_of, drawn, seeds

RULE = Resources()
A, B = "cloud/a", "cloud/b"


def sharing(limits: dict[tuple[int, int], int], *needs: tuple[int, int]) -> Problem:
    """Return requests for two contexts of a cloud, each with the (CPU, MiB) of its run.

    `limits` says of a (context, kind of resource) how much is left there.
    """
    problem = facts(*(Wish((A, B)) for _ in needs))
    taken = np.repeat(np.array(needs, dtype=np.int64), 2, axis=0)
    return replace(
        problem,
        labels={**problem.labels, "pool": ("a", "b")},
        slot_pool=np.array([0, 1]),
        pool_runtime=np.array([0, 0]),
        candidate_cpu=taken[:, 0],
        candidate_memory=taken[:, 1],
        resource_pool=np.array([pool for pool, _ in limits]),
        resource_kind=np.array([kind for _, kind in limits]),
        resource_limit=np.array(list(limits.values())),
    )


def test_what_the_runs_of_a_context_take_together_is_within_what_it_has_left() -> None:
    """Two runs of 1500 thousandths are more than two and a half CPUs, and one memory is enough."""
    problem = sharing({(0, CPU): 2500, (0, MEMORY): 4096}, (1500, 2048), (1500, 2048))
    (violation,) = RULE.check(problem, choose(problem, A, A))
    assert violation.rule == "resources"
    assert violation.text == "cloud/a gives 3000 thousandths of a CPU and has 2500 left"


def test_contexts_have_resources_of_their_own() -> None:
    """What does not fit in one context may fit in the other, and each is within its own."""
    problem = sharing({(0, CPU): 1500, (1, CPU): 1500}, (1500, 1), (1500, 1))
    assert RULE.check(problem, choose(problem, A, B)) == []


def test_a_context_has_a_ceiling_of_its_own() -> None:
    """Two small runs are still two."""
    problem = sharing({(1, RUNS): 1}, (1, 1), (1, 1))
    assert [v.text for v in RULE.check(problem, choose(problem, B, B))] == [
        "cloud/b gives 2 runs and has 1 left"
    ]


def test_rows_count_in_the_largest_unit() -> None:
    """Runs of 1000 and 1500 are multiples of 500: of 2700 no more than 2500 is of use."""
    problem = sharing({(0, CPU): 2700}, (1000, 1), (1500, 1))
    (rows,) = RULE.rows(columns_of(problem))
    assert sorted(rows.coefficient) == [2, 3]
    assert list(rows.upper) == [5]


@given(seeds)
def test_the_rows_say_what_the_check_says(seeds: tuple[int, int]) -> None:
    """A choice is within the rows exactly if the check finds nothing."""
    assert agree(RULE, *drawn(seeds))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan run by run, written as the columns of the linear model, and back against its rows."""

import numpy as np
from hypothesis import strategies as st

from planner.problem import Classes, Problem
from planner.problem.problem import Ints
from planner.rules import Columns, Goal, Rows, Rule
from tests.instances import instance

# Which problem, and which of its choices.
seeds = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))


def drawn(seeds: tuple[int, int]) -> tuple[Problem, Ints]:
    """Return a problem and some choice for it, which may break any rule but `placed_once`."""
    problem = instance(seeds[0], requests=3, slots=3)
    draw = np.random.default_rng(seeds[1])
    choice = [
        int(draw.choice(problem.candidates(int(r)))) if draw.random() < 0.7 else -1
        for r in problem.run_request
    ]
    return problem, np.array(choice, dtype=np.int64)


def columns_of(problem: Problem) -> Columns:
    """Return the columns with every request a class of its own."""
    alone = np.arange(problem.requests)
    return Columns.over(problem, Classes(alone, alone, np.ones_like(alone)))


def lift(columns: Columns, choice: Ints) -> Ints:
    """Return the columns that say what `choice` does, as small as they can be."""
    problem, solution = columns.problem, np.zeros(columns.size, dtype=np.int64)
    solution[: columns.complete_at] = np.bincount(
        choice[choice >= 0], minlength=len(problem.candidate_menu)
    )[columns.candidate]
    got = np.bincount(problem.run_request[choice >= 0], minlength=problem.requests)
    complete = got[columns.strict] == problem.request_number[columns.strict]
    solution[columns.complete_at : columns.repeat_at] = complete
    repeats = columns.repeats
    took = np.bincount(
        repeats.member_group,
        weights=solution[repeats.member_column],
        minlength=len(repeats),
    ).astype(np.int64)
    solution[columns.repeat_at : columns.covered_at] = np.maximum(0, took + repeats.used - 1)
    coverage = columns.coverage
    reached = coverage.member_pair[solution[coverage.member_column] > 0]
    solution[columns.covered_at + reached] = 1
    left = np.bincount(problem.candidate_slot[choice[choice >= 0]], minlength=problem.slots)
    for step, (slot, width) in enumerate(zip(problem.step_slot, problem.step_width, strict=True)):
        solution[columns.step_at + step] = min(left[slot], width)
        left[slot] -= solution[columns.step_at + step]
    stayed = problem.last_candidate[choice[problem.last_run] == problem.last_candidate]
    solution[columns.keep_at :] = np.bincount(stayed, minlength=len(problem.candidate_menu))[
        columns.candidate[columns.homes.column]
    ]
    return solution


def admitted(rows: tuple[Rows, ...], solution: Ints) -> bool:
    """Tell whether `solution` keeps every row."""
    for block in rows:
        reached = np.zeros(len(block), dtype=np.int64)
        np.add.at(reached, block.row, block.coefficient * solution[block.column])
        if ((reached < block.lower) | (reached > block.upper)).any():
            return False
    return True


def agree(rule: Rule, problem: Problem, choice: Ints) -> bool:
    """Tell whether the rule's rows admit `choice` exactly if its check finds nothing."""
    columns = columns_of(problem)
    return admitted(rule.rows(columns), lift(columns, choice)) == (
        rule.check(problem, choice) == []
    )


def adds_up(goal: Goal, problem: Problem, choice: Ints) -> bool:
    """Tell whether the goal's costs, over columns that its rows admit, are what it measures."""
    columns = columns_of(problem)
    solution = lift(columns, choice)
    reached = int(goal.costs(columns) @ solution)
    return admitted(goal.rows(columns), solution) and reached == goal.measure(problem, choice)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who of those that are alike has which place: whoever had it in the last plan, if he can.

A plan says how many runs of a class, or of a request, stand on each place; who they are decides
nothing about any other tier (proof of what that reaches: docs/classes.md).
"""

import numpy as np

from planner.problem import FREE, Classes, Problem
from planner.problem.problem import Ints, nth_of_equal, nth_so_far
from planner.rules import GOALS, RULES


def stay(problem: Problem, classes: Classes, choice: Ints) -> Ints:
    """Return `choice` with runs that can stand in for each other where the last plan had them.

    As many as there are places for have theirs; the others have what is left, in their order.
    """
    if not len(problem.last_run):
        return choice
    group = _groups(problem, classes)[problem.run_request]
    start = problem.menu_start[problem.request_menu[problem.run_request]]
    moving = np.flatnonzero(np.isin(group, group[problem.last_run]))
    unit = moving[choice[moving] >= 0]
    offset = choice - start
    width = 1 + int(max(offset.max(initial=0), problem.last_offset.max(initial=0)))
    _, having, wanting = np.intersect1d(
        _told_apart(group[unit] * width + offset[unit], problem.runs),
        _told_apart(group[problem.last_run] * width + problem.last_offset, problem.runs),
        assume_unique=True,
        return_indices=True,
    )
    stays = problem.last_run[wanting]
    found = choice.copy()
    found[moving] = -1
    found[stays] = problem.last_candidate[wanting]
    left, others = np.delete(unit, having), np.setdiff1d(moving, stays, assume_unique=True)
    left, others = (runs[np.lexsort((runs, group[runs]))] for runs in (left, others))
    # Both are sorted by group, and a group has no more places left than runs.
    first = np.searchsorted(group[others], group[left])
    taker = others[first + nth_of_equal(group[left])]
    found[taker] = start[taker] + offset[left]
    return found


def at_least_the_last(problem: Problem, choice: Ints) -> Ints:
    """Return the last plan's choice where it keeps every rule and is better still, or `choice`."""
    if not len(problem.last_run) or not _score(problem, problem.last) > _score(problem, choice):
        return choice
    broken = any(rule.check(problem, problem.last) for rule in RULES)
    return choice if broken else problem.last


def _groups(problem: Problem, classes: Classes) -> Ints:
    """Return a number for each request, equal for those whose runs can stand in for each other."""
    single = (problem.request_number == 1) | (problem.request_mode == FREE)
    alone = len(classes) + np.arange(problem.requests)
    return np.where(single & classes.alike, classes.of, alone)


def _told_apart(key: Ints, most: int) -> Ints:
    """Return keys, equal ones (there are at most so many) told apart by their order."""
    return key * most + nth_so_far(key)


def _score(problem: Problem, choice: Ints) -> tuple[int, ...]:
    """Return the tiers of `choice`: the greater tuple is the better plan."""
    goals = [GOALS[tier] for tier in problem.tiers]
    return tuple(goal.measure(problem, choice) * (1 if goal.maximise else -1) for goal in goals)

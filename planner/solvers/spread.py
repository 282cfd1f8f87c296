# SPDX-License-Identifier: LGPL-2.1-or-later
"""From what classes get back to runs, by wrapping around (proof: docs/classes.md)."""

import numpy as np

from planner.problem import ATTRIBUTES, FREE
from planner.problem.narrow import narrow
from planner.problem.problem import Ints, stretches
from planner.rules import Columns


def spread(columns: Columns, solution: Ints) -> Ints:
    """Return the candidate of each run, -1 where it is not placed.

    The placed units of a class, ordered by the value of its variant attribute, go round its
    requests one by one: units of one value are neighbours, so they fall on different requests.
    """
    problem, classes = columns.problem, columns.classes
    choice = np.full(problem.runs, -1, dtype=np.int64)
    order = np.lexsort((_value(columns), columns.of_class))
    units = solution[: columns.complete_at][order]
    in_class = np.bincount(columns.of_class[order], weights=units, minlength=len(classes)).astype(
        np.int64
    )
    round_of = classes.size.copy()
    complete = solution[columns.complete_at : columns.repeat_at]
    round_of[columns.strict] = np.maximum(1, complete)
    # Each time round, so many requests of a class get one more run: stretches of `order`.
    turns = -(-in_class // round_of)
    going = np.repeat(np.arange(len(classes)), turns)
    turn = stretches(np.zeros_like(turns), turns)
    length = np.minimum(round_of[going], in_class[going] - turn * round_of[going])
    at = stretches(classes.start[going], length)
    run = problem.run_start[classes.order][at]
    run += np.repeat(narrow(turn), length)
    candidate = np.repeat(columns.candidate[order], units)
    # Requests of a class may have menus of their own that are alike, candidate by candidate.
    menu = narrow(problem.request_menu)[classes.order]
    if (menu != np.repeat(menu[classes.start[:-1]], classes.size)).any():
        first = problem.menu_start[menu]
        candidate += (first - np.repeat(first[classes.start[:-1]], classes.size))[at]
    choice[run] = candidate
    return choice


def _value(columns: Columns) -> Ints:
    """Return the value of each column in the variant attribute of its class, 0 where it has none.

    Classes with several attributes have one request only; any order serves them.
    """
    problem = columns.problem
    bits = np.where(
        problem.request_mode[columns.classes.representative] == FREE,
        0,
        problem.request_variant[columns.classes.representative],
    )[columns.of_class]
    value = np.zeros(len(columns.candidate), dtype=np.int64)
    for attribute in range(len(ATTRIBUTES)):
        here = (bits >> attribute) & 1 == 1
        value[here] = problem.candidate_attribute[attribute][columns.candidate[here]]
    return value

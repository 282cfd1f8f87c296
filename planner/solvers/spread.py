# SPDX-License-Identifier: LGPL-2.1-or-later
"""From what classes get back to runs, by wrapping around (proof: docs/classes.md)."""

import numpy as np

from planner.problem import ATTRIBUTES, FREE
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
    nth = stretches(np.zeros_like(in_class), in_class)
    # Whole numbers of half the width are divided in half the time.
    turn, place = np.divmod(nth.astype(np.int32), np.repeat(round_of.astype(np.int32), in_class))
    request = classes.order[np.repeat(classes.start[:-1], in_class) + place]
    # Requests of a class may have menus of their own that are alike, candidate by candidate.
    first = problem.menu_start[problem.request_menu]
    offset = columns.candidate - first[classes.representative[columns.of_class]]
    choice[problem.run_start[request] + turn] = first[request] + np.repeat(offset[order], units)
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

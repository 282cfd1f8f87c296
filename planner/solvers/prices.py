# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prices of the rows: the duals of the linear relaxation, which prove a bound for each tier."""

import numpy as np
import scipy.sparse
from ortools.linear_solver.python import model_builder_helper as builder

from planner.plan.plan import Prices
from planner.problem.problem import Ints
from planner.rules import NO_LIMIT
from planner.rules.model import LinearModel, Reached


def row_prices(model: LinearModel, costs: Ints, maximise: bool, reached: list[Reached]) -> Prices:
    """Return the price of every row of `model` and of every tier in `reached`.

    GLOP's duals; zeros, which prove a valid though useless bound, where it finds no optimum.
    Costs are scaled to about one, since a linear solver loses its footing on raw weights.
    """
    rows, columns, coefficients = model.entries
    fixed = model.fixed(reached)
    count = len(model.lower) + len(reached)
    size = model.columns.size
    if size == 0 or count == 0 or not costs.any():
        return np.zeros(count)
    scale = np.concatenate((np.ones(len(model.lower)), _scales(reached)))
    entry_row = np.concatenate((rows, fixed[0] + len(model.lower)))
    matrix = scipy.sparse.csr_matrix(
        (
            np.concatenate((coefficients, fixed[2])) / scale[entry_row],
            (entry_row, np.concatenate((columns, fixed[1]))),
        ),
        shape=(count, size),
    )
    unit = float(np.abs(costs).max())
    lp = builder.ModelBuilderHelper()
    lp.fill_model_from_sparse_data(
        np.zeros(size),
        model.columns.upper.astype(float),
        costs / unit,
        _limits(np.concatenate((model.lower, fixed[3]))) / scale,
        _limits(np.concatenate((model.upper, fixed[4]))) / scale,
        matrix,
    )
    lp.set_maximize(maximise)
    solver = builder.ModelSolverHelper("glop")
    solver.solve(lp)
    if solver.status() != builder.SolveStatus.OPTIMAL:
        return np.zeros(count)
    return np.asarray(solver.dual_values()) * unit / scale


def _scales(reached: list[Reached]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array([max(1.0, float(np.abs(t.costs).max(initial=1))) for t in reached])


def _limits(values: Ints) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    limits = values.astype(float)
    limits[values >= NO_LIMIT] = np.inf
    limits[values <= -NO_LIMIT] = -np.inf
    return limits

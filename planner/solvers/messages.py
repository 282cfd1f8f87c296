# SPDX-License-Identifier: LGPL-2.1-or-later
"""MathOpt's messages, filled and read in bulk: no object for a column or a row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.math_opt import model_pb2, solution_pb2

from planner.problem.problem import Ints

Floats = npt.NDArray[np.float64]
Statuses = npt.NDArray[np.uint8]
Message = Any  # of OR-Tools, whose stubs are not read

BASIC = solution_pb2.BASIS_STATUS_BASIC
AT_LOWER = solution_pb2.BASIS_STATUS_AT_LOWER_BOUND


@dataclass
class Limits:
    """The least and the most of each column and row, as one solve sees them."""

    column_lower: Floats
    column_upper: Floats
    row_lower: Floats
    row_upper: Floats


def linear_model(
    limits: Limits,
    row: Ints,
    column: Ints,
    coefficient: Ints,
    whole: npt.NDArray[np.bool_] | None = None,
) -> model_pb2.ModelProto:
    """Return the model in MathOpt's own form, filled in bulk; `whole` columns are integers."""
    proto = model_pb2.ModelProto()
    for table, lower, upper in (
        (proto.variables, limits.column_lower, limits.column_upper),
        (proto.linear_constraints, limits.row_lower, limits.row_upper),
    ):
        table.ids.extend(range(len(lower)))
        table.lower_bounds.extend(lower.tolist())
        table.upper_bounds.extend(upper.tolist())
    integers = np.zeros(len(limits.column_lower), dtype=np.bool_) if whole is None else whole
    proto.variables.integers.extend(integers.tolist())
    proto.linear_constraint_matrix.row_ids.extend(row.tolist())
    proto.linear_constraint_matrix.column_ids.extend(column.tolist())
    proto.linear_constraint_matrix.coefficients.extend(coefficient.tolist())
    return proto


def native_seconds(result: Message) -> float:
    """Return how long the solver was at it, by its own clock; reading its messages is not in it."""
    return float(result.solve_stats.solve_time.ToTimedelta().total_seconds())


def unfixed(table: Message, now: tuple[Floats, Floats], whole: tuple[Floats, Floats]) -> Statuses:
    """Return the statuses; what is between equal limits is at the one of `whole` there."""
    status = np.fromiter(table.values, dtype=np.uint8)
    kept = (status != BASIC) & (now[0] == now[1])
    status[kept] = AT_LOWER
    above = kept & (now[0] >= whole[1]) & (now[0] > whole[0])
    status[above] = solution_pb2.BASIS_STATUS_AT_UPPER_BOUND
    return status


def write_changes(table: Message, before: Floats, after: Floats) -> None:
    """Put the entries of `after` that differ from `before` into a sparse vector."""
    changed = np.flatnonzero(before != after)
    table.ids.extend(changed.tolist())
    table.values.extend(after[changed].tolist())


def dense(table: Message, size: int) -> Floats:
    """Return a sparse vector with its zeros."""
    full = np.zeros(size)
    full[np.fromiter(table.ids, dtype=np.int64)] = np.fromiter(table.values, dtype=np.float64)
    return full

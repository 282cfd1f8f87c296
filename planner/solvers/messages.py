# SPDX-License-Identifier: LGPL-2.1-or-later
"""MathOpt's messages, filled and read in bulk: no object for a column or a row."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.math_opt import model_pb2, solution_pb2

from planner.problem.problem import Ints
from planner.solvers.wire import Message, put, put_ids, taken

Floats = npt.NDArray[np.float64]
Statuses = npt.NDArray[np.uint8]

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
        put_ids(table, len(lower))
        put(table, "lower_bounds", lower)
        put(table, "upper_bounds", upper)
    integers = np.zeros(len(limits.column_lower), dtype=np.bool_) if whole is None else whole
    put(proto.variables, "integers", integers)
    # MathOpt wants entries row by row. They come in long stretches that are so: merging these is
    # many times as fast as sorting by two columns.
    order = np.argsort(row * len(limits.column_lower) + column, kind="stable")
    put(proto.linear_constraint_matrix, "row_ids", row[order])
    put(proto.linear_constraint_matrix, "column_ids", column[order])
    put(proto.linear_constraint_matrix, "coefficients", coefficient[order].astype(np.float64))
    return proto


def unfixed(table: Message, now: tuple[Floats, Floats], whole: tuple[Floats, Floats]) -> Statuses:
    """Return the statuses; what is between equal limits is at the one of `whole` there."""
    status = taken(table, "u1")
    kept = (status != BASIC) & (now[0] == now[1])
    status[kept] = AT_LOWER
    above = kept & (now[0] >= whole[1]) & (now[0] > whole[0])
    status[above] = solution_pb2.BASIS_STATUS_AT_UPPER_BOUND
    return status


def write_changes(table: Message, before: Floats, after: Floats) -> None:
    """Put the entries of `after` that differ from `before` into a sparse vector."""
    changed = np.flatnonzero(before != after)
    write(table, changed, after[changed])


def write(table: Message, ids: Ints, values: Floats | Statuses) -> None:
    """Put the entries with these ids into a sparse vector that is empty."""
    put(table, "ids", ids)
    put(table, "values", values)


def dense(table: Message, size: int) -> Floats:
    """Return a sparse vector with its zeros; its ids are lost on the way."""
    if len(table.values) == size:
        return taken(table, "<f8")
    here = np.fromiter(table.ids, dtype=np.int64, count=len(table.ids))
    full = np.zeros(size)
    full[here] = taken(table, "<f8")
    return full

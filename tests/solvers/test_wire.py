# SPDX-License-Identifier: LGPL-2.1-or-later
"""Packed fields as bytes, against the library's own way with one object a number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from ortools.math_opt import solution_pb2, sparse_containers_pb2

from planner.solvers.wire import put, put_ids, taken

WHOLE = st.lists(st.integers(0, (1 << 63) - 1))
DOUBLES = st.lists(st.floats(allow_nan=False))
STATUSES = st.lists(st.integers(0, 5))


@given(WHOLE, DOUBLES)
def test_what_is_put_is_what_the_library_would_write(ids: list[int], values: list[float]) -> None:
    """Whole numbers of any length and any doubles, infinite ones included."""
    ours, theirs = (sparse_containers_pb2.SparseDoubleVectorProto() for _ in range(2))
    put(ours, "ids", np.array(ids, dtype=np.int64))
    put(ours, "values", np.array(values, dtype=np.float64))
    theirs.ids.extend(ids)
    theirs.values.extend(values)
    assert ours == theirs


@given(st.integers(0, 1000))
def test_ids_are_those_from_nought_up(count: int) -> None:
    """As if they were put one by one."""
    ours, theirs = (sparse_containers_pb2.SparseDoubleVectorProto() for _ in range(2))
    put_ids(ours, count)
    theirs.ids.extend(range(count))
    assert ours == theirs


@given(WHOLE, DOUBLES, STATUSES)
def test_what_is_taken_is_what_is_there(
    ids: list[int], values: list[float], statuses: list[int]
) -> None:
    """Values are told from the ids before them, whatever those are."""
    vector = sparse_containers_pb2.SparseDoubleVectorProto(ids=ids, values=values)
    assert taken(vector, "<f8").tolist() == values
    basis = solution_pb2.SparseBasisStatusVector(ids=ids, values=statuses)
    assert taken(basis, "u1").tolist() == statuses

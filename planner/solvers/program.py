# SPDX-License-Identifier: LGPL-2.1-or-later
"""A linear program that GLOP keeps between solves, so that each starts near the last one's end."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.math_opt import (
    model_parameters_pb2,
    model_update_pb2,
    parameters_pb2,
    result_pb2,
)

from planner.problem.problem import Ints
from planner.rules import NO_LIMIT
from planner.rules.model import LinearModel
from planner.solvers.errors import SolverError
from planner.solvers.messages import (
    BASIC,
    Floats,
    Limits,
    Statuses,
    dense,
    linear_model,
    unfixed,
    write_changes,
)
from planner.solvers.native import GLOP, Native, Stopwatch
from planner.solvers.wire import Message, put, put_ids

# Columns and rows that take as long to set up as one simplex step takes.
SETTING_UP = 100
_SOLVED = result_pb2.TERMINATION_REASON_OPTIMAL
_EMPTY = (
    result_pb2.TERMINATION_REASON_INFEASIBLE,
    result_pb2.TERMINATION_REASON_INFEASIBLE_OR_UNBOUNDED,
)


@dataclass(frozen=True)
class Basis:
    """Which columns and rows are in the basis, and at which limit the others are."""

    columns: Statuses
    rows: Statuses


@dataclass(frozen=True)
class Vertex:
    """A best point: the value of each column, the price of each row, and GLOP's basis there."""

    point: Floats
    prices: Floats
    basis: Basis


class Program:
    """The rows of a model as GLOP has them; rows that can never bind are left out.

    `work` counts simplex steps, and for each solve what setting it up is worth in such steps: it
    is what limits are about. `solved` are the rows of the model that were not left out; `rows` is
    how many rows there are, those that were left out and those that were added included.
    """

    def __init__(self, model: LinearModel, watch: Stopwatch) -> None:
        self.work = 0
        self._columns = model.columns.size
        self.rows = len(model.lower)
        kept = _binding(model)
        position = np.cumsum(kept) - 1
        rows, columns, coefficients = model.entries
        here = kept[rows]
        self._kept = self.solved = np.flatnonzero(kept)
        self._setting_up = (self._columns + len(self._kept)) // SETTING_UP
        self._whole = Limits(
            np.zeros(self._columns),
            model.columns.upper.astype(float),
            _limits(model.lower),
            _limits(model.upper),
        )
        self._now = Limits(
            self._whole.column_lower,
            self._whole.column_upper,
            self._whole.row_lower[kept],
            self._whole.row_upper[kept],
        )
        self._costs = np.zeros(self._columns)
        proto = linear_model(
            self._now,
            position[rows[here]],
            columns[here],
            coefficients[here],
        )
        self._glop = Native(GLOP, proto, watch)

    def add_sum(self, columns: Sequence[int]) -> int:
        """Add a row without limits, the sum of some columns; return its position."""
        update = model_update_pb2.ModelUpdateProto()
        row, free = len(self._now.row_lower), np.array([np.inf])
        rows, matrix = update.new_linear_constraints, update.linear_constraint_matrix_updates
        rows.ids.append(row)
        rows.lower_bounds.append(-np.inf)
        rows.upper_bounds.append(np.inf)
        for column in sorted(columns):
            matrix.row_ids.append(row)
            matrix.column_ids.append(column)
            matrix.coefficients.append(1.0)
        self._glop.update(update)
        for limits in (self._whole, self._now):
            limits.row_lower = np.append(limits.row_lower, -free)
            limits.row_upper = np.append(limits.row_upper, free)
        self._kept = np.append(self._kept, self.rows)
        self.rows += 1
        return self.rows - 1

    def limits(self) -> Limits:
        """Return the limits of the whole problem, to be narrowed by the caller."""
        whole = self._whole
        return Limits(
            whole.column_lower.copy(),
            whole.column_upper.copy(),
            whole.row_lower.copy(),
            whole.row_upper.copy(),
        )

    def minimise(
        self, costs: Floats, limits: Limits, start: Basis | None = None, *, inside: bool = False
    ) -> Vertex | None:
        """Return the point within `limits` where `costs` are least; None if there is no point.

        With a basis to `start` from, GLOP goes on from there, and by the primal method if the
        caller knows its point to be `inside` the limits; else it begins with presolve.

        Raises:
            SolverError: if GLOP ends with anything else.
        """
        unit = float(np.abs(costs).max(initial=0)) or 1.0
        self._update(costs / unit, limits)
        result = self._solve(start, primal=inside)
        if start is not None and result.termination.reason not in (_SOLVED, *_EMPTY):
            result = self._solve(None)
        if result.termination.reason == _SOLVED:
            found = result.solutions[0]
            return Vertex(
                dense(found.primal_solution.variable_values, self._columns),
                self._spread(found.dual_solution.dual_values) * unit,
                self._basis(found.basis, limits),
            )
        if result.termination.reason in _EMPTY:
            return None
        name = result_pb2.TerminationReasonProto.Name(result.termination.reason)
        raise SolverError(f"GLOP says {name} ({result.termination.detail})")

    def _basis(self, basis: Message, limits: Limits) -> Basis:
        """Return `basis` with each column and row that was kept in place at the limit it is at.

        GLOP calls them fixed, and once their limits are apart again would not know which is meant.
        """
        whole = self._whole
        return Basis(
            unfixed(
                basis.variable_status,
                (limits.column_lower, limits.column_upper),
                (whole.column_lower, whole.column_upper),
            ),
            unfixed(
                basis.constraint_status,
                (limits.row_lower[self._kept], limits.row_upper[self._kept]),
                (whole.row_lower[self._kept], whole.row_upper[self._kept]),
            ),
        )

    def _spread(self, values: Message) -> Floats:
        prices = np.zeros(self.rows)
        prices[self._kept] = dense(values, len(self._kept))
        return prices

    def _solve(self, start: Basis | None, *, primal: bool = False) -> Message:
        settings = parameters_pb2.SolveParametersProto()
        settings.lp_algorithm = (
            parameters_pb2.LP_ALGORITHM_PRIMAL_SIMPLEX
            if primal
            else parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX
        )
        model = model_parameters_pb2.ModelSolveParametersProto()
        # Nobody reads reduced costs: `Relaxation.reduced` has those of rounded prices.
        model.reduced_costs_filter.filter_by_ids = True
        if start is not None:
            # Rows that were added since are slack.
            added = np.full(len(self._kept) - len(start.rows), BASIC, dtype=np.uint8)
            for table, status in (
                (model.initial_basis.variable_status, start.columns),
                (model.initial_basis.constraint_status, np.append(start.rows, added)),
            ):
                put_ids(table, len(status))
                put(table, "values", status)
            settings.presolve = parameters_pb2.EMPHASIS_OFF
        result = self._glop.solve(settings, model)
        self.work += int(result.solve_stats.simplex_iterations) + self._setting_up
        return result

    def _update(self, costs: Floats, limits: Limits) -> None:
        """Tell GLOP what differs from the last solve."""
        update = model_update_pb2.ModelUpdateProto()
        write_changes(update.objective_updates.linear_coefficients, self._costs, costs)
        # Copies: the caller goes on to narrow its limits, and the next difference is from these.
        now = Limits(
            limits.column_lower.copy(),
            limits.column_upper.copy(),
            limits.row_lower[self._kept],
            limits.row_upper[self._kept],
        )
        columns, rows = update.variable_updates, update.linear_constraint_updates
        write_changes(columns.lower_bounds, self._now.column_lower, now.column_lower)
        write_changes(columns.upper_bounds, self._now.column_upper, now.column_upper)
        write_changes(rows.lower_bounds, self._now.row_lower, now.row_lower)
        write_changes(rows.upper_bounds, self._now.row_upper, now.row_upper)
        self._glop.update(update)
        self._costs, self._now = costs, now


def _binding(model: LinearModel) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Tell which rows some point within the columns' limits could break."""
    rows, columns, coefficients = model.entries
    reach = coefficients * model.columns.upper[columns]
    most = np.bincount(rows, weights=np.maximum(reach, 0), minlength=len(model.lower))
    least = np.bincount(rows, weights=np.minimum(reach, 0), minlength=len(model.lower))
    return np.asarray((most > model.upper) | (least < model.lower))


def _limits(values: Ints) -> Floats:
    limits = values.astype(float)
    limits[values >= NO_LIMIT] = np.inf
    limits[values <= -NO_LIMIT] = -np.inf
    return limits

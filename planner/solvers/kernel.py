# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a corner leaves broken, made whole all at once by an integer program.

Rows of CPU and memory are knapsacks, and few: a corner leaves about as many broken columns as there
are such rows, whatever the number of runs. Each column that decides stays between the whole
numbers around it, so all that is whole stays where it is, and what is left to find are a few
dozen numbers, up or down. All others follow, as in a network.

Without such rows only numbers of complete requests decide, a few hundred at a million runs. Then
what the first tier can reach in whole numbers is a program that HiGHS ends at its first nodes.
"""

import numpy as np
import numpy.typing as npt
from ortools.math_opt import parameters_pb2, result_pb2

from planner.plan.proof import Side
from planner.rules.model import LinearModel
from planner.solvers.messages import (
    Floats,
    Limits,
    dense,
    linear_model,
    write_changes,
)
from planner.solvers.native import HIGHS, Native, Stopwatch
from planner.solvers.splitting import WHOLE

# Nodes of the small program's own search: nearly always it ends at the first.
NODES = 20
# The best of so small a part is not the best of the whole; nearer than this is time lost. Where no
# runs are weighed it may be, and a search wants to know which parts are as good.
NEAR = 1e-6
NEAR_UNWEIGHED = 1e-9
_FOUND = (result_pb2.TERMINATION_REASON_OPTIMAL, result_pb2.TERMINATION_REASON_FEASIBLE)


class Kernel:
    """The integer programs that corners of one model leave."""

    def __init__(self, model: LinearModel, watch: Stopwatch) -> None:
        self._watch = watch
        self._entries = model.entries
        self._near = NEAR if model.weighed else NEAR_UNWEIGHED
        # What follows from where runs are. Weighed runs leave so little open that it is no burden.
        self._following = np.zeros(model.columns.size, dtype=np.bool_)
        self._following[model.columns.repeat_at :] = not model.weighed
        self.deciding = model.weighing.copy()
        self.deciding[model.columns.complete_at : model.columns.repeat_at] = True

    def round(self, costs: Floats, limits: Limits, point: Floats) -> Floats | None:
        """Return a point near `point` whose deciding columns are whole; None if there is none.

        It is within `limits`, and of those near points one where `costs` are about least.
        """
        here = self.deciding
        lower, upper = limits.column_lower.copy(), limits.column_upper.copy()
        lower[here] = np.maximum(lower, np.floor(point + WHOLE))[here]
        upper[here] = np.minimum(upper, np.ceil(point - WHOLE))[here]
        if (lower > upper).any():
            return None
        return self.best(costs, Limits(lower, upper, limits.row_lower, limits.row_upper))

    def best(self, costs: Floats, limits: Limits) -> Floats | None:
        """Return a point within `limits` whose deciding columns are whole; None if none was found.

        It is one where `costs` are about least. What follows from others and costs nothing is
        left out, and is zero.
        """
        rows, columns, coefficients = self._entries
        kept = ~self._following | (costs != 0)
        open_rows = np.isfinite(limits.row_lower) | np.isfinite(limits.row_upper)
        open_rows[rows[~kept[columns]]] = False
        row, column = np.cumsum(open_rows) - 1, np.cumsum(kept) - 1
        here = open_rows[rows]
        lower, upper = limits.column_lower[kept], limits.column_upper[kept]
        proto = linear_model(
            Limits(lower, upper, limits.row_lower[open_rows], limits.row_upper[open_rows]),
            row[rows[here]],
            column[columns[here]],
            coefficients[here],
            self.deciding[kept] & (lower < upper),
        )
        unit = float(np.abs(costs).max(initial=0)) or 1.0
        write_changes(proto.objective.linear_coefficients, np.zeros_like(lower), costs[kept] / unit)
        settings = parameters_pb2.SolveParametersProto()
        settings.node_limit, settings.relative_gap_tolerance = NODES, self._near
        result = Native(HIGHS, proto, self._watch).solve(settings)
        if result.termination.reason not in _FOUND or not result.solutions:
            return None
        point = np.zeros_like(costs)
        point[kept] = dense(result.solutions[0].primal_solution.variable_values, len(lower))
        return point


def fixed(deciding: npt.NDArray[np.bool_], point: Floats) -> tuple[Side, ...]:
    """Return the sides that keep each deciding column at the whole number it has in `point`."""
    here = np.flatnonzero(deciding)
    whole = np.rint(point[here]).astype(np.int64)
    return tuple(((c,), at, at) for c, at in zip(here.tolist(), whole.tolist(), strict=True))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A model inside OR-Tools, and how long everybody was in there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2
from ortools.math_opt.core.python import solver as math_opt

from planner.solvers.wire import Message

GLOP = parameters_pb2.SOLVER_TYPE_GLOP
HIGHS = parameters_pb2.SOLVER_TYPE_HIGHS


@dataclass
class Stopwatch:
    """The seconds inside OR-Tools, by a clock that the caller brought (or none)."""

    clock: Callable[[], float] | None = None
    seconds: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done in here."""
        began = self.clock() if self.clock else 0.0
        yield
        self.seconds += self.clock() - began if self.clock else 0.0


class Native:
    """A model that a solver of OR-Tools has taken in."""

    def __init__(self, solver: int, model: Message, watch: Stopwatch) -> None:
        self._watch = watch
        with watch.running():
            self._solver = math_opt.new(solver, model, parameters_pb2.SolverInitializerProto())

    def update(self, update: Message) -> None:
        """Change the model."""
        with self._watch.running():
            self._solver.update(update)

    def solve(self, settings: Message, model: Message | None = None) -> Message:
        """Return how the solver ends with these settings, and settings for this very model."""
        asked = model or model_parameters_pb2.ModelSolveParametersProto()
        answers = callback_pb2.CallbackRegistrationProto()
        with self._watch.running():
            return self._solver.solve(settings, asked, None, answers, None, None)

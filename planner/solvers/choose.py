# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which solver serves which problem, which comes after one that failed, and why."""

from dataclasses import dataclass

from models import PlannerError

AUTO = "auto"
SOLVERS = ("exact", "scaled", "cpsat", "greedy", "today")

# Up to so many columns, looking for the exact optimum costs little more than the relaxation.
EXACT_COLUMNS = 20_000
# CP-SAT has every column as an object of its own; beyond this it is no help in time.
CPSAT_COLUMNS = 5_000


@dataclass(frozen=True)
class Attempt:
    """A solver to try, and why it is its turn; nothing has to be said of one asked for by name."""

    solver: str
    why: str


def choose(name: str, columns: int) -> tuple[Attempt, ...]:
    """Return the solvers to try for a model with so many columns, best first.

    The last one cannot fail.

    Raises:
        PlannerError: if there is no solver of that name.
    """
    if name not in (AUTO, *SOLVERS):
        raise PlannerError(f"no solver {name!r}; there are {', '.join((*SOLVERS, AUTO))}")
    first = Attempt(name, "")
    if name == AUTO:
        first = (
            Attempt("exact", f"exact serves: {columns} columns are few enough for the optimum")
            if columns <= EXACT_COLUMNS
            else Attempt("scaled", f"scaled serves: {columns} columns are solved by prices")
        )
    after: list[Attempt] = []
    if first.solver in ("exact", "scaled") and columns <= CPSAT_COLUMNS:
        after.append(Attempt("cpsat", "cpsat serves: it does without the linear solver"))
    if first.solver != "greedy":
        after.append(Attempt("greedy", "greedy serves: it cannot fail"))
    return (first, *after)

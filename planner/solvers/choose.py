# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which solver serves which problem, which comes after one that failed, and why."""

from dataclasses import dataclass

from models import PlannerError
from planner.problem import Classes, Problem, kinds, merge
from planner.solvers.simple import SIMPLE

AUTO = "auto"
YARDSTICKS = ("today", *SIMPLE)
SOLVERS = ("exact", "scaled", "cpsat", "greedy", *YARDSTICKS)

# Up to so many columns, looking for the exact optimum costs little more than the relaxation.
EXACT_COLUMNS = 20_000
EXACT_WEIGHED = 1_000
# CP-SAT has every column as an object of its own; beyond this it is no help in time.
CPSAT_COLUMNS = 5_000
# Kinds have to be so much fewer than classes to be worth settling their requests one by one.
KINDS_SHARE = 0.5


@dataclass(frozen=True)
class Attempt:
    """A solver to try, and why it is its turn; nothing has to be said of one asked for by name."""

    solver: str
    why: str


def grain(problem: Problem, name: str) -> tuple[Classes, str]:
    """Return the classes by which to solve `problem`, and why if they are not those of likes.

    Where hardly two requests are alike, kinds do: value and diversity cannot tell their requests
    apart, and later tiers are settled request by request.
    """
    alike = merge(problem)
    columns = _columns(problem, alike)
    if name in ("exact", "cpsat") or columns <= EXACT_COLUMNS:
        return alike, ""
    by_kind = kinds(problem)
    few = _columns(problem, by_kind)
    if few > columns * KINDS_SHARE:
        return alike, ""
    return by_kind, f"requests are solved by kind: {few} candidates instead of {columns}"


def thorough(solver: str, columns: int, *, weighed: bool) -> bool:
    """Tell whether a search over so many columns is worth what a thorough one begins with.

    So it is where the best is asked for, and each look at a part takes its time. Where runs are
    weighed, what it begins with would be long itself.
    """
    return solver == "exact" and columns > EXACT_COLUMNS and not weighed


def _columns(problem: Problem, classes: Classes) -> int:
    """Return how many candidates the requests have of which one stands for each class."""
    menu = problem.request_menu[classes.representative]
    return int((problem.menu_start[menu + 1] - problem.menu_start[menu]).sum())


def choose(name: str, columns: int, *, weighed: bool = False) -> tuple[Attempt, ...]:
    """Return the solvers to try for a model with so many columns, best first.

    In a `weighed` one runs take different amounts of what they share.

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
            if columns <= (EXACT_WEIGHED if weighed else EXACT_COLUMNS)
            else Attempt("scaled", f"scaled serves: {columns} columns are solved by prices")
        )
    after: list[Attempt] = []
    if first.solver in ("exact", "scaled") and columns <= CPSAT_COLUMNS:
        after.append(Attempt("cpsat", "cpsat serves: it does without the linear solver"))
    if first.solver != "greedy":
        after.append(Attempt("greedy", "greedy serves: it cannot fail"))
    return (first, *after)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan for people: what goes where, what waits and why, and how good that is."""

from collections.abc import Iterable, Sequence
from itertools import chain, groupby

from rich.console import Console
from rich.text import Text

from models import Assignment, BoardWorth, Deferral, PlanDocument, Price, RequestError, TierResult
from planner.plan.bound import relative_gap
from planner.plan.grid import Grid, note, title
from planner.plan.wording import (
    RunNames,
    amount,
    counted,
    difference,
    lasting,
    money,
    named,
    worth_text,
)

LISTED = 6  # how many runs are named under one reason before they are only counted
BOARDS = 20  # of how many types it is shown what one more device would bring
_PLACED = ("run", "job", "platform", "start", "takes", "cost", "prio")
_TIERS = ("tier", "reached", "bound", "gap")


def show(document: PlanDocument, console: Console) -> None:
    """Print the plan to `console`, as wide as that is."""
    names = RunNames(requests(document), console.width)
    _show_assignments(document.assignments, names, console)
    _show_deferrals(document.deferrals, names, console)
    _show_errors(document.errors, names, console)
    _show_prices(document.prices, console)
    _show_boards(document.boards, console)
    _show_summary(document, console)


def requests(document: PlanDocument) -> Iterable[str]:
    """Return the keys of all requests that the plan speaks of."""
    return chain(
        (a.request for a in document.assignments),
        (d.request for d in document.deferrals),
        (e.request for e in document.errors),
    )


def _show_assignments(assignments: Iterable[Assignment], names: RunNames, console: Console) -> None:
    """Print the placed runs by runtime and device type, those that start first at the top."""
    placed = sorted(
        assignments, key=lambda a: (a.runtime, a.device_type, a.start_s, -a.priority, a.job)
    )
    if not placed:
        return
    rows = [_row(assignment, names) for assignment in placed]
    grid = Grid([_PLACED, *rows], console.width, left=3, giving=(1, 2))
    grid.show([_PLACED], console, style="dim")
    for (runtime, device_type), group in groupby(
        zip(placed, rows, strict=True), key=lambda pair: (pair[0].runtime, pair[0].device_type)
    ):
        here = [row for _, row in group]
        title(console, f"{runtime} / {device_type}", counted(len(here), "run"))
        grid.show(here, console)
    console.print()


def _row(one: Assignment, names: RunNames) -> tuple[str, ...]:
    return (
        names.of(one.run),
        one.job,
        one.platform,
        f"+{lasting(one.start_s)}" if one.start_s else "now",
        lasting(one.duration_s),
        money(one.cost),
        str(one.priority),
    )


def _show_deferrals(deferrals: Iterable[Deferral], names: RunNames, console: Console) -> None:
    """Print the runs that wait by reason, each sentence once with the runs that it holds for."""
    waiting = sorted(deferrals, key=lambda d: (d.reason.code, d.reason.text))
    for code, of_code in groupby(waiting, key=lambda d: d.reason.code):
        runs = list(of_code)
        title(console, f"waiting: {code}", counted(len(runs), "run"), "bold yellow")
        for text, of_text in groupby(runs, key=lambda d: d.reason.text):
            note(console, text, 2)
            said = [f"{names.of(d.run)} {d.job}" for d in of_text]
            note(console, named(said, LISTED), 4, "dim")
        console.print()


def _show_errors(errors: Iterable[RequestError], names: RunNames, console: Console) -> None:
    """Print the requests in error by reason, each sentence once."""
    wrong = sorted(errors, key=lambda e: (e.reason.code, e.reason.text))
    for code, of_code in groupby(wrong, key=lambda e: e.reason.code):
        failed = list(of_code)
        title(console, f"in error: {code}", counted(len(failed), "request"), "bold red")
        for text, of_text in groupby(failed, key=lambda e: e.reason.text):
            note(console, text, 2)
            said = [f"{names.of_request(e.request)} {e.job}" for e in of_text]
            note(console, named(said, LISTED), 4, "dim")
        console.print()


def _show_prices(prices: Sequence[Price], console: Console) -> None:
    """Print what more room would be worth, where that is most."""
    if not prices:
        return
    title(console, "one more place would be worth", counted(len(prices), "place"))
    rows = [(f"  {price.place}", price.rule, worth_text(price)) for price in prices[:LISTED]]
    Grid(rows, console.width, left=3, giving=(0, 2)).show(rows, console)
    if len(prices) > LISTED:
        note(console, f"and {len(prices) - LISTED} more places", 2, "dim")
    console.print()


def _show_boards(boards: Sequence[BoardWorth], console: Console) -> None:
    """Print what one more device of each type would bring."""
    if not boards:
        return
    useful = [board for board in boards if any(board.gains.values())]
    title(console, "one more device would bring", counted(len(useful), "type"))
    head = ("  place", "runs", *boards[0].gains)
    rows = [_board(board) for board in useful[:BOARDS]]
    grid = Grid([head, *rows], console.width, left=1, giving=(0,))
    grid.show([head], console, style="dim")
    grid.show(rows, console)
    if len(useful) > BOARDS:
        note(console, f"and {len(useful) - BOARDS} more types", 2, "dim")
    nothing = [board.place for board in boards if board not in useful]
    if nothing:
        note(console, f"nothing: {named(nothing, LISTED)}", 2, "dim")
    console.print()


def _board(board: BoardWorth) -> tuple[str, ...]:
    gains = (difference(tier, gain) for tier, gain in board.gains.items())
    return (f"  {board.place}", f"{board.placed:+}" if board.placed else "none", *gains)


def _show_summary(document: PlanDocument, console: Console) -> None:
    solve = document.solve
    took = f" in {sum(solve.seconds.values()):.2f} s" if solve.seconds else ""
    title(
        console,
        f"{counted(len(document.assignments), 'run')} placed, {len(document.deferrals)} waiting,"
        f" {counted(len(document.errors), 'request')} in error",
    )
    # A solver's search may prove more than the certificate, which anybody can recompute.
    proof = f"certified gap {solve.gap:.2%}"
    console.print(Text(f"plan {document.plan.id}: {solve.status} by {solve.solver}{took}, {proof}"))
    rows = [_tier(tier) for tier in solve.tiers]
    grid = Grid([_TIERS, *rows], console.width, left=1, giving=(1, 2))
    grid.show([_TIERS], console, style="dim")
    grid.show(rows, console)


def _tier(tier: TierResult) -> tuple[str, ...]:
    gap = relative_gap(tier.value, tier.bound)
    reached, bound = amount(tier.name, tier.value), amount(tier.name, tier.bound)
    if not gap:
        return (tier.name, reached, bound, "none")
    # Behind an open tier nothing is known of the later ones but that they are not negative.
    return (tier.name, reached, bound, f"{gap:.2%}" if gap < 1 else "over 100%")

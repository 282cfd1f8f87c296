# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plan for people: what goes where, what waits and why, and how good that is."""

from collections.abc import Iterable
from itertools import chain, groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models import Assignment, Deferral, PlanDocument, RequestError, TierResult
from planner.plan.bound import relative_gap
from planner.plan.wording import RunNames, amount, counted, lasting, money

LISTED = 6  # how many runs are named under one reason before they are only counted
_COLUMNS = ("run", "job", "platform", "start", "takes", "cost", "prio")
_FOLDED = (1, 2)  # job and platform give way where a console is narrow
_GAP = 2


def show(document: PlanDocument, console: Console) -> None:
    """Print the plan to `console`, as wide as that is."""
    names = RunNames(requests(document), console.width)
    _show_assignments(document.assignments, names, console)
    _show_deferrals(document.deferrals, names, console)
    _show_errors(document.errors, names, console)
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
    rows = [
        (
            names.of(a.run),
            a.job,
            a.platform,
            f"+{lasting(a.start_s)}" if a.start_s else "now",
            lasting(a.duration_s),
            money(a.cost),
            str(a.priority),
        )
        for a in placed
    ]
    if not rows:
        return
    widths = _widths([_COLUMNS, *rows], console.width)
    console.print(_table([_COLUMNS], widths, style="dim"))
    for (runtime, device_type), group in groupby(
        zip(placed, rows, strict=True), key=lambda pair: (pair[0].runtime, pair[0].device_type)
    ):
        here = [row for _, row in group]
        title = Text.assemble(
            (f"{runtime} / {device_type}", "bold"), f"  {counted(len(here), 'run')}"
        )
        console.print(title)
        console.print(_table(here, widths))
    console.print()


def _widths(rows: Iterable[tuple[str, ...]], width: int) -> list[int]:
    """Return the width of each column so that all rows fit into `width`."""
    natural = [max(map(len, column)) for column in zip(*rows, strict=True)]
    over = sum(natural) + _GAP * (len(natural) - 1) - width
    if over > 0:
        first, second = _FOLDED
        room = max(16, natural[first] + natural[second] - over)
        share = room * natural[first] // (natural[first] + natural[second])
        natural[first], natural[second] = share, room - share
    return natural


def _table(rows: Iterable[tuple[str, ...]], widths: list[int], style: str = "") -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0), style=style)
    for position, width in enumerate(widths):
        left = position <= max(_FOLDED)
        table.add_column(justify="left" if left else "right", overflow="fold", width=width)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _show_deferrals(deferrals: Iterable[Deferral], names: RunNames, console: Console) -> None:
    """Print the runs that wait by reason, each sentence once with the runs that it holds for."""
    waiting = sorted(deferrals, key=lambda d: (d.reason.code, d.reason.text))
    for code, of_code in groupby(waiting, key=lambda d: d.reason.code):
        runs = list(of_code)
        title = Text.assemble(
            ("waiting: ", ""), (code, "bold yellow"), f"  {counted(len(runs), 'run')}"
        )
        console.print(title)
        for text, of_text in groupby(runs, key=lambda d: d.reason.text):
            _show_reason(text, [f"{names.of(d.run)} {d.job}" for d in of_text], console)
        console.print()


def _show_errors(errors: Iterable[RequestError], names: RunNames, console: Console) -> None:
    wrong = sorted(errors, key=lambda e: (e.reason.code, e.reason.text))
    for code, of_code in groupby(wrong, key=lambda e: e.reason.code):
        requests = list(of_code)
        title = Text.assemble(
            "in error: ", (code, "bold red"), f"  {counted(len(requests), 'request')}"
        )
        console.print(title)
        for text, of_text in groupby(requests, key=lambda e: e.reason.text):
            said = [f"{names.of_request(e.request)} {e.job}" for e in of_text]
            _show_reason(text, said, console)
        console.print()


def _show_reason(text: str, subjects: list[str], console: Console) -> None:
    more = f", and {len(subjects) - LISTED} more" if len(subjects) > LISTED else ""
    named = ", ".join(subjects[:LISTED])
    console.print(Padding(Text(text), (0, 0, 0, 2), expand=False))
    console.print(Padding(Text(f"{named}{more}", style="dim"), (0, 0, 0, 4), expand=False))


def _show_summary(document: PlanDocument, console: Console) -> None:
    solve, header = document.solve, document.plan
    numbers = (
        counted(len(document.assignments), "run") + " placed",
        f"{len(document.deferrals)} waiting",
        f"{counted(len(document.errors), 'request')} in error",
    )
    console.print(Text.assemble((", ".join(numbers), "bold")))
    seconds = sum(solve.seconds.values())
    took = f" in {seconds:.2f} s" if solve.seconds else ""
    console.print(
        Text(f"plan {header.id}: {solve.status} by {solve.solver}{took}, gap {solve.gap:.2%}")
    )
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for name in ("tier", "reached", "bound", "gap"):
        table.add_column(name, justify="left" if name == "tier" else "right", overflow="fold")
    for tier in solve.tiers:
        table.add_row(*map(Text, _tier(tier)))
    console.print(table)


def _tier(tier: TierResult) -> tuple[str, str, str, str]:
    gap = relative_gap(tier.value, tier.bound)
    return (
        tier.name,
        amount(tier.name, tier.value),
        amount(tier.name, tier.bound),
        f"{gap:.2%}" if gap else "none",
    )

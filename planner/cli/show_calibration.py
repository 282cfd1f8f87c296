# SPDX-License-Identifier: LGPL-2.1-or-later
"""How good estimates were, and what is stale, as tables."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from models import Calibration, CoverageRow
from planner.plan.wording import lasting


def show(calibration: Calibration, page: Console) -> None:
    """Print expected against real, and how the pace of runtimes changed."""
    if calibration.rows:
        page.print(_table(calibration))
    else:
        page.print("no run that was planned has ended yet")
    for one in calibration.drift:
        page.print(f"{one.runtime}: runs take {one.percent} % of what they took {one.days} d ago")
    if calibration.unplanned:
        page.print(f"{calibration.unplanned} runs had no expectation to be held against")
    for text in calibration.garbage.texts():
        page.print(text)


def _table(calibration: Calibration) -> Table:
    table = _columns(("by", "name"))
    for name in ("runs", "error", "took", "p90 covers", "wait error", "waited"):
        table.add_column(name, justify="right")
    for row in calibration.rows:
        table.add_row(
            str(row.by),
            row.name,
            str(row.runs),
            _seconds(row.duration_error_s),
            _percent(row.duration_percent),
            _percent(row.p90_percent),
            _seconds(row.wait_error_s),
            _percent(row.wait_percent),
        )
    return table


def show_coverage(rows: Sequence[CoverageRow], page: Console) -> None:
    """Print what is stale, or that nothing is known."""
    if not rows:
        page.print("nothing ran yet, and no entry names platforms")
        return
    table = _columns(("job", "device type", "tree"))
    for name in ("runs", "last"):
        table.add_column(name, justify="right")
    for row in rows:
        last = "never" if row.age_s is None else f"{lasting(row.age_s)} ago"
        table.add_row(row.job, row.device_type, row.tree, str(row.runs), last)
    page.print(table)


def _columns(names: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _seconds(value: int | None) -> str:
    return "-" if value is None else lasting(value)


def _percent(value: int | None) -> str:
    return "-" if value is None else f"{value} %"

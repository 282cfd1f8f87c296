# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was learned, as a table."""

from rich.console import Console
from rich.table import Table

from models import LearnedEstimates
from planner.plan.wording import lasting


def show(learned: LearnedEstimates, page: Console) -> None:
    """Print the estimates, and how many runs of the history did not count."""
    if learned.signatures:
        page.print(_table(learned))
    else:
        page.print("nothing was learned yet: estimates are what is declared")
    if learned.undefined:
        page.print(f"{learned.undefined} runs were of what is not defined any more")
    for text in learned.garbage.texts():
        page.print(text)


def _table(learned: LearnedEstimates) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("job", "device type", "platform", "runtime"):
        table.add_column(name, overflow="fold")
    for name in ("runs", "median", "p90", "declared", "infra", "risk"):
        table.add_column(name, justify="right")
    table.add_column("mostly by", overflow="fold")
    for one in learned.signatures:
        table.add_row(
            one.job,
            one.device_type,
            one.platform,
            one.runtime,
            str(one.runs),
            lasting(one.median_s),
            lasting(one.p90_s),
            lasting(one.declared_s),
            str(one.infrastructure),
            f"{one.risk_permille / 10:.1f} %",
            one.rung,
        )
    return table

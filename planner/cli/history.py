# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner history`: what happened last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import options, output

if TYPE_CHECKING:
    from rich.console import Console


@click.command("history")
@options.ledger
@options.optional_yaml_config
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many cycles and runs at the most.",
)
@options.output
def command(
    ledger_url: str | None, paths: tuple[Path, ...], limit: int, output_format: str
) -> None:
    """Show the last cycles and the runs that ended last, newest first."""
    from planner.cli import show_runs
    from planner.cli.ledgers import open_to_read

    with open_to_read(ledger_url, paths) as ledger:
        history = ledger.history(limit=limit)

    def show(page: Console) -> None:
        if not history.cycles:
            page.print("no cycle was recorded yet")
            return
        page.print(show_runs.cycles_table(history.cycles))
        page.print()
        page.print(show_runs.ended_table(history.runs, page.width))

    output.write(history, output_format, show)

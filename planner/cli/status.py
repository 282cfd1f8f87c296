# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner status`: where everything stands now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import options, output

if TYPE_CHECKING:
    from rich.console import Console


@click.command("status")
@options.ledger
@options.optional_yaml_config
@options.output
def command(ledger_url: str | None, paths: tuple[Path, ...], output_format: str) -> None:
    """Show the last cycle, what waits and why, and what is under way."""
    from datetime import UTC, datetime

    from planner.cli import show_runs
    from planner.cli.ledgers import open_to_read

    with open_to_read(ledger_url, paths) as ledger:
        status, contacts = ledger.status(), ledger.contacts()
    now = datetime.now(UTC)

    def show(page: Console) -> None:
        if status.cycle is None:
            page.print("no cycle was recorded yet")
            return
        page.print(show_runs.cycles_table([status.cycle]))
        page.print()
        page.print(show_runs.counts_table(status))
        if contacts:
            page.print()
            page.print("what runtimes told last", style="bold")
            page.print(show_runs.contacts_table(contacts.values(), now))
        if status.under_way:
            page.print()
            page.print("under way", style="bold")
            page.print(show_runs.under_way_table(status.under_way, now, page.width))
        if status.waiting:
            page.print()
            page.print("waiting", style="bold")
            show_runs.show_waiting(status.waiting, now, page)

    output.write(status, output_format, show)

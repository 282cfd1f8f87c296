# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner history --by …` and `history statement`: a period, counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import options, output

if TYPE_CHECKING:
    from datetime import date


def write_period(
    url: str | None,
    paths: tuple[Path, ...],
    by: str,
    days: tuple[date | None, date | None],
    output_format: str,
) -> None:
    """Write what was over in the days from the first to the last; the last week by default."""
    from datetime import UTC, datetime, timedelta

    from models import By, day_of
    from planner.cli import show_accounts
    from planner.cli.ledgers import open_to_read
    from planner.history import accounts

    until = days[1] or datetime.now(UTC).date()
    since = days[0] or until - timedelta(days=6)
    if since > until:
        raise click.UsageError(f"--since {since} is later than --until {until}")
    with open_to_read(url, paths) as ledger:
        cells = ledger.cells(day_of(since), day_of(until))
    told = accounts(cells, By(by), since, until)
    if output_format == "csv":
        show_accounts.write_accounts(told.rows)
    else:
        output.write(told, output_format, lambda page: show_accounts.show_accounts(told, page))


@click.command("statement")
@click.argument("lab")
@options.ledger
@options.yaml_config
@click.option("--month", type=options.Month(), help="Such as 2026-10; the last one by default.")
@options.output_or_csv
def statement(
    lab: str,
    ledger_url: str | None,
    paths: tuple[Path, ...],
    month: date | None,
    output_format: str,
) -> None:
    """Show what was done in LAB in a month, for its owner."""
    from datetime import UTC, datetime, timedelta

    from models import PlannerError, day_of
    from planner.cli import show_accounts
    from planner.config import load_catalog
    from planner.history import month_days
    from planner.history import statement as made
    from planner.ledger import Ledger

    catalog = load_catalog(*paths)
    today = datetime.now(UTC).date()
    first, last = month_days(month or today.replace(day=1) - timedelta(days=1), today)
    with Ledger.open(ledger_url or catalog.planner.ledger, read_only=True) as ledger:
        cells = ledger.cells(day_of(first), day_of(last))
    if lab not in catalog.runtimes and all(one.runtime != lab for one in cells.subjects):
        raise PlannerError(
            f"{lab}: no runtime has that name, and nothing ran there in {first:%Y-%m}"
        )
    told = made(catalog, cells, lab, first, last)
    if output_format == "csv":
        show_accounts.write_statement(told)
    else:
        output.write(told, output_format, lambda page: show_accounts.show_statement(told, page))

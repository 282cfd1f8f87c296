# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner history`: what happened last, and what was learned from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import options, output
from planner.cli.history_accounts import statement, write_period
from planner.cli.history_import import import_
from planner.cli.history_learned import calibration, coverage
from planner.cli.history_rollup import rollup

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console


@click.group("history", invoke_without_command=True)
@options.ledger
@options.optional_yaml_config
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many cycles and runs at the most.",
)
@click.option(
    "--by",
    type=click.Choice(["lab", "device-type", "platform", "job", "kind", "tree", "day"]),
    help="Count all that was over in a period instead, by this.",
)
@click.option("--since", type=options.Day(), help="First day, or how long ago; a week by default.")
@click.option("--until", type=options.Day(), help="Last day, or how long ago; today by default.")
@options.output_or_csv
@click.pass_context
def command(
    context: click.Context,
    ledger_url: str | None,
    paths: tuple[Path, ...],
    limit: int,
    by: str | None,
    since: date | None,
    until: date | None,
    output_format: str,
) -> None:
    """Show the last cycles and the runs that ended last, newest first, or count a period."""
    if context.invoked_subcommand is not None:
        return
    if by is not None:
        write_period(ledger_url, paths, by, (since, until), output_format)
        return
    if since or until or output_format == "csv":
        raise click.UsageError("a period, and CSV, need --by")
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


@command.command("estimates")
@options.ledger
@options.yaml_config
@options.policy
@click.option("--job", help="Only the estimates of this job.")
@options.output
def estimates(
    ledger_url: str | None,
    paths: tuple[Path, ...],
    policy: str | None,
    job: str | None,
    output_format: str,
) -> None:
    """Show what was learned of each job, device type and runtime, beside what is declared."""
    from datetime import UTC, datetime

    from planner.cli import show_estimates
    from planner.config import load_catalog, load_policy
    from planner.estimates import survey
    from planner.ledger import Ledger

    catalog = load_catalog(*paths)
    learning = load_policy(policy or catalog.planner.policy, catalog).learning
    now = datetime.now(UTC)
    with Ledger.open(ledger_url or catalog.planner.ledger, read_only=True) as ledger:
        past = ledger.outcomes(now, learning)
    learned = survey(catalog, past, learning=learning, now=now)
    if job is not None:
        only = tuple(one for one in learned.signatures if one.job == job)
        learned = learned.model_copy(update={"signatures": only})
    output.write(learned, output_format, lambda page: show_estimates.show(learned, page))


for subcommand in (import_, rollup, statement, calibration, coverage):
    command.add_command(subcommand)

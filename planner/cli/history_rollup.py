# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner history rollup`: all at once what `run` does in portions."""

from pathlib import Path

import click

from planner.cli import options

PORTION = 10_000  # runs in one transaction


@click.command("rollup")
@options.ledger
@options.yaml_config
def rollup(ledger_url: str | None, paths: tuple[Path, ...]) -> None:
    """Roll up what is over into the histograms of its day, and forget what is too old.

    `run` does the same in portions. Stop it when you like: the next one goes on from there.
    """
    from datetime import UTC, datetime

    from planner.cli.progress import in_portions
    from planner.config import load_catalog
    from planner.ledger import Ledger

    planner = load_catalog(*paths).planner
    now = datetime.now(UTC)
    with Ledger.open(ledger_url or planner.ledger) as ledger:
        rolled = in_portions("rolled up", lambda: ledger.roll_up(now, runs=PORTION))
        forgotten = in_portions(
            "forgotten", lambda: ledger.forget(now, planner.history, runs=PORTION)
        )
    click.echo(f"{rolled} runs rolled up, {forgotten} forgotten")

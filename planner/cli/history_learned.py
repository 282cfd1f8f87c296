# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner history calibration` and `coverage`: how good estimates were, and what is stale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import options, output

if TYPE_CHECKING:
    from datetime import datetime

    from models import Catalog, History, Learning


@click.command("calibration")
@options.ledger
@options.yaml_config
@options.policy
@click.option(
    "--by",
    type=click.Choice(["all", "runtime", "job", "day", "cycle"]),
    multiple=True,
    help="Only rows by this; all but those by cycle by default.",
)
@options.output
def calibration(
    ledger_url: str | None,
    paths: tuple[Path, ...],
    policy: str | None,
    by: tuple[str, ...],
    output_format: str,
) -> None:
    """Show what plans expected of runs against what came, by runtime, job, day or cycle."""
    from models import CalibratedBy
    from planner.cli import show_calibration
    from planner.estimates import IN_SHORT, calibrate

    catalog, past, learning, now = _past(ledger_url, paths, policy)
    groups = tuple(map(CalibratedBy, by)) or IN_SHORT
    found = calibrate(catalog, past, learning=learning, now=now, groups=groups)
    output.write(found, output_format, lambda page: show_calibration.show(found, page))


@click.command("coverage")
@options.ledger
@options.yaml_config
@options.policy
@click.option("--job", help="Only this job.")
@click.option("--tree", help="Only this tree.")
@options.output
def coverage(
    ledger_url: str | None,
    paths: tuple[Path, ...],
    policy: str | None,
    job: str | None,
    tree: str | None,
    output_format: str,
) -> None:
    """Show what has not run for how long: job, device type and tree, the stalest first.

    First of all is what an entry of the scheduler names and what never ran.
    """
    from planner.cli import show_calibration
    from planner.estimates import coverage as stale

    catalog, past, _, now = _past(ledger_url, paths, policy)
    named = {
        (entry.job, catalog.device_type(catalog.jobs[entry.job], catalog.platforms[name]))
        for entry in catalog.entries
        for name in entry.platforms or ()
        if entry.job in catalog.jobs and name in catalog.platforms
    }
    found = [
        row
        for row in stale(catalog, past, now=now, never=named)
        if job in (None, row.job) and tree in (None, row.tree)
    ]
    output.write(found, output_format, lambda page: show_calibration.show_coverage(found, page))


def _past(
    ledger_url: str | None, paths: tuple[Path, ...], policy: str | None
) -> tuple[Catalog, History, Learning, datetime]:
    from datetime import UTC, datetime

    from planner.config import load_catalog, load_policy
    from planner.ledger import Ledger

    catalog = load_catalog(*paths)
    learning = load_policy(policy or catalog.planner.policy, catalog).learning
    now = datetime.now(UTC)
    with Ledger.open(ledger_url or catalog.planner.ledger, read_only=True) as ledger:
        return catalog, ledger.outcomes(now, learning), learning, now

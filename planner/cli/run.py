# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner run`: the planner, once or every few minutes."""

import sys
from pathlib import Path

import click

from planner.cli import options


@click.command("run")
@options.yaml_config
@click.option("--once", is_flag=True, help="One cycle, until all that it started has ended.")
@click.option("--no-wait", is_flag=True, help="With --once: do not wait for what was started.")
@click.option("--every", type=options.Duration(), help="A cycle every so often: 90s, 3m, 1h.")
@click.option("--standby", is_flag=True, help="Wait while another planner is at work.")
@click.option("--monitor", metavar="HOST:PORT", help="Answer /healthz and /metrics there.")
@click.option("--dry-run", is_flag=True, help="Show what a cycle would do; send and write nothing.")
@options.ledger
@click.option("--events", "events_path", help="Events instead of those that the YAML names.")
@options.nodes
@options.settings
@options.capacity
@options.policy
@options.solver
@options.seed
@options.output
def command(
    paths: tuple[Path, ...],
    once: bool,
    no_wait: bool,
    every: int | None,
    standby: bool,
    monitor: str | None,
    dry_run: bool,
    ledger_url: str | None,
    events_path: str | None,
    nodes_path: Path | None,
    settings_path: Path | None,
    capacity_path: Path | None,
    policy: str | None,
    solver: str | None,
    seed: int,
    output_format: str,
) -> None:
    """Plan what new events and the backlog ask for, send it, and remember.

    Without --once and --every a cycle comes as often as the YAML says, until the planner is told
    to stop. Exits with 3 if a part of the work could not be done, and with 4 if another planner
    is at work on the ledger; with --standby it waits for that one to end or fall silent instead.
    """
    from planner.cli.collecting import Collector
    from planner.cli.service import Service

    if once and every is not None:
        raise click.UsageError("--once and --every exclude each other")
    if (standby or monitor) and (once or dry_run):
        raise click.UsageError("--standby and --monitor are for a planner that stays")
    service = Service(
        paths=paths,
        collector=Collector(events_path, nodes_path, settings_path),
        capacity=capacity_path,
        ledger=ledger_url,
        policy=policy,
        solver=solver,
        seed=seed,
        output_format=output_format,
    )
    if dry_run:
        sys.exit(service.preview())
    if once:
        sys.exit(service.once(wait=not no_wait))
    service.every(every, standby=standby, monitor=monitor)

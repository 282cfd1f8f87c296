# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner submit`: a saved plan is executed."""

import sys
from pathlib import Path

import click

from planner.cli import options


@click.command("submit")
@click.argument("plan_path", metavar="PLAN", type=click.Path(path_type=Path))
@options.yaml_config
@options.ledger
@click.option("--events", "events_path", help="Events instead of those that the YAML names.")
@options.nodes
@options.settings
@options.capacity
@options.policy
@options.output
def command(
    plan_path: Path,
    paths: tuple[Path, ...],
    ledger_url: str | None,
    events_path: str | None,
    nodes_path: Path | None,
    settings_path: Path | None,
    capacity_path: Path | None,
    policy: str | None,
    output_format: str,
) -> None:
    """Execute a plan that `plan -o json` wrote, as one cycle of the planner.

    Events are collected and recorded as in any cycle. A plan that does not hold any more, because
    its time is over, its runs do not wait, or they would not fit now, is refused, and nothing is
    sent or written. Exits as `run --once` does.
    """
    from planner.cli.collecting import Collector
    from planner.cli.service import Service
    from planner.plan.read import read_plan

    service = Service(
        paths=paths,
        collector=Collector(events_path, nodes_path, settings_path),
        capacity=capacity_path,
        ledger=ledger_url,
        policy=policy,
        solver=None,
        seed=0,
        output_format=output_format,
    )
    sys.exit(service.once(read_plan(plan_path)))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner submit`: a saved plan is executed, or what the leader's plans intend."""

import sys
from pathlib import Path

import click

from planner.cli import options


@click.command("submit")
@click.argument("plan_path", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@options.yaml_config
@click.option("--follow", is_flag=True, help="Send what the leader intends, until told to stop.")
@click.option(
    "--runtime", "runtimes", multiple=True, help="With --follow: only to this one; repeatable."
)
@options.ledger
@click.option("--events", "events_path", help="Events instead of those that the YAML names.")
@options.nodes
@options.settings
@options.capacity
@options.policy
@options.output
def command(
    plan_path: Path | None,
    paths: tuple[Path, ...],
    follow: bool,
    runtimes: tuple[str, ...],
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

    With --follow there is no PLAN: this is one of several processes that send what `run` intends,
    on as many machines as share a ledger on PostgreSQL. Without --runtime it sends to all runtimes
    that are the same from everywhere: LAVA labs and Kubernetes.
    """
    if follow:
        from planner.cli.follow import Follower

        if plan_path is not None:
            raise click.UsageError("--follow goes without a PLAN")
        follower = Follower(paths, settings_path, capacity_path, ledger_url, runtimes)
        sys.exit(follower.follow())
    if plan_path is None or runtimes:
        raise click.UsageError("say which PLAN; --runtime goes with --follow")
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

# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner plan`: a dry run with the real code."""

import sys
from datetime import datetime
from pathlib import Path

import click

from models import ExitCode, PlanDocument, Status
from planner.cli import options, output


@click.command("plan")
@options.yaml_config
@options.events
@options.nodes
@options.capacity
@options.policy
@options.solver
@options.seed
@options.now
@click.option(
    "--save-problem",
    "problem_path",
    type=click.Path(path_type=Path),
    help="Also write the problem to this file, for `solve`.",
)
@click.option(
    "--detailed-exitcode", is_flag=True, help="Exit with 5 if there is something to submit."
)
@options.output
def command(
    paths: tuple[Path, ...],
    events_path: str,
    nodes_path: Path | None,
    capacity_path: Path | None,
    policy: str | None,
    solver: str | None,
    seed: int,
    now: datetime | None,
    problem_path: Path | None,
    detailed_exitcode: bool,
    output_format: str,
) -> None:
    """Plan a batch of events without sending anything.

    Exits with 3 if the plan is degraded or a part of the input could not be used.
    """
    from planner.cli.dry_run import Wanted, dry_run
    from planner.plan.show import show
    from planner.problem import save

    done = dry_run(
        Wanted(
            paths=paths,
            events=events_path,
            nodes=nodes_path,
            capacity=capacity_path,
            policy=policy,
            solver=solver,
            seed=seed,
            now=now,
        )
    )
    if problem_path is not None:
        save(done.problem, problem_path)
    output.write(done.document, output_format, lambda page: show(done.document, page))
    for text in (*done.complaints, *done.notes):
        click.echo(text, err=True)
    sys.exit(_exit_code(done.document, bool(done.complaints), detailed_exitcode))


def _exit_code(document: PlanDocument, complaints: bool, detailed: bool) -> ExitCode:
    if complaints or document.solve.status is Status.DEGRADED:
        return ExitCode.DEGRADED
    if detailed and document.assignments:
        return ExitCode.SOMETHING_TO_SUBMIT
    return ExitCode.DONE

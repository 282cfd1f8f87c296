# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner solve`: a problem that `plan --save-problem` wrote, solved again."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from models import ExitCode, Status
from planner.cli import options, output


@click.command("solve")
@click.argument("problem_path", metavar="PROBLEM", type=click.Path(path_type=Path))
@options.solver
@options.seed
@options.output
def command(problem_path: Path, solver: str | None, seed: int, output_format: str) -> None:
    """Solve the saved problem PROBLEM.

    Exits with 3 if the plan is degraded.
    """
    from planner.cycle import Stopwatch, checked_plan
    from planner.plan import document
    from planner.plan.show import show
    from planner.problem import load

    problem = load(problem_path)
    plan = checked_plan(problem, solver=solver, seed=seed, watch=Stopwatch(time.monotonic))
    result = document(problem, plan, created=datetime.now(UTC))
    output.write(result, output_format, lambda page: show(result, page))
    for text in plan.notes:
        click.echo(output.indented(text), err=True)
    sys.exit(ExitCode.DEGRADED if plan.status is Status.DEGRADED else ExitCode.DONE)

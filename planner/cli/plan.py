# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner plan`: a dry run with the real code."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from models import ExitCode, PlanDocument, Status
from planner.cli import options, output
from planner.cli.inputs import Inputs


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
    from planner.config import load_policy, read_capacity
    from planner.cycle import Stopwatch, decide
    from planner.demand import expand
    from planner.plan.show import show
    from planner.problem import save

    inputs, watch = Inputs(), Stopwatch(time.monotonic)
    created = now or datetime.now(UTC)
    catalog = inputs.catalog(paths)
    rules = load_policy(policy or catalog.planner.policy, catalog)
    capacity = read_capacity(catalog, capacity_path, created)
    inputs.defects(capacity.defects)
    watch.lap("config")
    batch, nodes = inputs.batch(events_path), inputs.nodes(nodes_path)
    watch.lap("events")
    demand = expand(catalog, batch, nodes=nodes, deadline_s=rules.deadline)
    inputs.errors(events_path, demand.errors)
    watch.lap("demand")
    decision = decide(
        catalog,
        demand.requests,
        capacity,
        policy=rules,
        now=now,
        created=created,
        solver=solver,
        seed=seed,
        watch=watch,
    )
    if problem_path is not None:
        save(decision.problem, problem_path)
    document = _timed(decision.document, watch.seconds)
    output.write(document, output_format, lambda page: show(document, page))
    for text in decision.plan.notes:
        click.echo(text, err=True)
    sys.exit(_exit_code(document, inputs, detailed_exitcode))


def _timed(document: PlanDocument, seconds: dict[str, float]) -> PlanDocument:
    """Return the plan with the seconds of the phases around the solver's own."""
    all_phases = {**seconds, **document.solve.seconds}
    solve = document.solve.model_copy(update={"seconds": all_phases})
    return document.model_copy(update={"solve": solve})


def _exit_code(document: PlanDocument, inputs: Inputs, detailed: bool) -> ExitCode:
    if document.solve.status is Status.DEGRADED:
        return ExitCode.DEGRADED
    if detailed and document.assignments and not inputs.degraded:
        return ExitCode.SOMETHING_TO_SUBMIT
    return inputs.exit_code

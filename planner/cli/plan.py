# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner plan`: a dry run with the real code."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from models import ExitCode, PlanDocument, Status
from planner.cli import options, output
from planner.cli.batches import BatchOptions, read_batch
from planner.cli.inputs import Inputs

if TYPE_CHECKING:
    from models import BoardWorth
    from planner.whatif import Change, Scenario


@click.command("plan")
@options.batch
@options.what_if
@click.option(
    "--worth",
    is_flag=True,
    help="Also say what one more device of each type would bring; solves once for each.",
)
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
    changes: "tuple[Change, ...]",
    worth: bool,
    problem_path: Path | None,
    detailed_exitcode: bool,
    output_format: str,
    **batch: Unpack[BatchOptions],
) -> None:
    """Plan a batch of events without sending anything.

    With --worth, also say what one more device of each type would bring. With --what-if, show
    what would be decided otherwise with these changes.
    Exits with 3 if the plan is degraded or a part of the input could not be used.
    """
    from planner.cycle import Stopwatch, decide
    from planner.plan.show import show
    from planner.problem import save

    inputs, watch = Inputs(), Stopwatch(time.monotonic)
    created = batch["now"] or datetime.now(UTC)
    scenario = read_batch(batch, inputs, watch)
    if changes:
        if worth:
            raise click.UsageError("--worth and --what-if do not go together")
        sys.exit(_compare(scenario, changes, output_format, inputs))
    decision = decide(
        scenario.catalog,
        scenario.requests,
        scenario.capacity,
        policy=scenario.policy,
        now=scenario.now,
        last=scenario.last,
        created=created,
        solver=scenario.solver,
        seed=scenario.seed,
        watch=watch,
    )
    if problem_path is not None:
        save(decision.problem, problem_path)
    document = _timed(decision.document, watch.seconds)
    if worth:
        document = document.model_copy(update={"boards": _boards(scenario)})
    output.write(document, output_format, lambda page: show(document, page))
    for text in decision.plan.notes:
        click.echo(output.indented(text), err=True)
    sys.exit(_exit_code(document, inputs, detailed_exitcode))


def _boards(scenario: "Scenario") -> "tuple[BoardWorth, ...]":
    """Return what one more device of each type would bring; a terminal sees how far that is."""
    from planner.cli.progress import tracked
    from planner.whatif import worth

    found = worth(scenario, along=lambda boards: tracked(boards, "one more device of each type"))
    if not found:
        text = "no lab that this batch could use says how many devices it has: none can be added"
        output.say(text)
    return found


def _compare(
    scenario: "Scenario", changes: "tuple[Change, ...]", output_format: str, inputs: Inputs
) -> ExitCode:
    """Write what would be decided otherwise with `changes`."""
    from planner.whatif import what_if
    from planner.whatif.show import show_what_if

    found = what_if(scenario, changes)
    output.write(found, output_format, lambda page: show_what_if(found, page))
    degraded = Status.DEGRADED in (found.before.solve.status, found.after.solve.status)
    return ExitCode.DEGRADED if degraded else inputs.exit_code


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

# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner why`: every candidate of a run, what became of it, and what it would take."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from planner.cli import options, output
from planner.cli.batches import BatchOptions, read_batch
from planner.cli.inputs import Inputs

LOOKED_AT = 50  # cycles, the last ones

if TYPE_CHECKING:
    from rich.console import Console

    from models import Explanation, PlanDocument
    from planner.whatif import Scenario


@click.command("why")
@click.argument("name", metavar="RUN")
@click.option(
    "--plan",
    "plan_path",
    type=click.Path(path_type=Path),
    help="The plan to ask, as `plan -o json` wrote it; else the ledger's last one.",
)
@options.ledger
@options.optional_batch
@click.option(
    "--what-would-it-take",
    "wants_remedy",
    is_flag=True,
    help="Also say which single change would place a waiting run, the cheapest one; solves often.",
)
@options.output
def command(
    name: str,
    plan_path: Path | None,
    ledger_url: str | None,
    wants_remedy: bool,
    output_format: str,
    **batch: Unpack[BatchOptions],
) -> None:
    """Say why RUN went where it went, or nowhere.

    RUN is the key of a run or of a request (for all its runs), the first letters of either, or
    JOB@PLATFORM for a run that is placed there. With --events the batch is planned now, as `plan`
    does, and RUN is one of its runs.
    """
    from planner.plan import explain_document, read_plan, runs_named
    from planner.plan.show_explanation import show_explanation
    from planner.whatif.show import show_remedy

    inputs, scenario = Inputs(), None
    if batch["events_path"]:
        if plan_path or ledger_url:
            raise click.UsageError("--events plans now; it does not go with --plan or --ledger")
        scenario = _scenario(batch, inputs)
        document = scenario.document
    elif wants_remedy:
        raise click.UsageError("--what-would-it-take plans anew; say -c DIR and --events FILE")
    elif plan_path:
        document = read_plan(plan_path)
    else:
        document = _recorded(name, ledger_url, batch["paths"])
    found = [explain_document(document, run) for run in runs_named(document, name)]
    if scenario is not None and wants_remedy:
        found = [_with_remedy(scenario, explanation) for explanation in found]

    def show(page: Console) -> None:
        for explanation in found:
            show_explanation(explanation, page)
            if explanation.remedy is not None:
                show_remedy(explanation.remedy, page)

    output.write(found if len(found) > 1 else found[0], output_format, show)
    sys.exit(inputs.exit_code)


def _scenario(batch: BatchOptions, inputs: Inputs) -> Scenario:
    from planner.cycle import Stopwatch

    if not batch["paths"]:
        raise click.UsageError("--events needs the configuration: -c DIR")
    return read_batch(batch, inputs, Stopwatch(time.monotonic))


def _with_remedy(scenario: Scenario, explanation: Explanation) -> Explanation:
    """Return the explanation with what it would take, if the run waits or is in error."""
    from planner.cli.progress import tracked
    from planner.whatif import remedy

    if explanation.assignment is not None:
        return explanation
    found = remedy(
        scenario, explanation.run, along=lambda changes: tracked(changes, "changes tried")
    )
    return explanation.model_copy(update={"remedy": found})


def _recorded(name: str, url: str | None, paths: tuple[Path, ...]) -> PlanDocument:
    """Return the last plan in the ledger that speaks of the run, or else the last of all."""
    from models import PlannerError
    from planner.cli.ledgers import open_to_read
    from planner.plan import runs_named

    last = None
    with open_to_read(url, paths) as ledger:
        document = ledger.plan(run=name)
        if document is not None:
            return document
        # The name may be short, or a place: then only the plans can tell whose it is.
        for cycle in ledger.history(limit=LOOKED_AT).cycles:
            document = ledger.plan(cycle=cycle.number)
            if document is None:
                continue
            last = last or document
            try:
                runs_named(document, name)
            except PlannerError:
                continue
            return document
    if last is None:
        raise PlannerError("no plan was recorded in that ledger yet")
    return last

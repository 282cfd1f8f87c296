# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner why`: every candidate of a run, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import options, output

LOOKED_AT = 50  # cycles, the last ones

if TYPE_CHECKING:
    from rich.console import Console

    from models import PlanDocument


@click.command("why")
@click.argument("name", metavar="RUN")
@click.option(
    "--plan",
    "plan_path",
    type=click.Path(path_type=Path),
    help="The plan to ask, as `plan -o json` wrote it; else the ledger's last one.",
)
@options.ledger
@options.optional_yaml_config
@options.output
def command(
    name: str,
    plan_path: Path | None,
    ledger_url: str | None,
    paths: tuple[Path, ...],
    output_format: str,
) -> None:
    """Say why RUN went where it went, or nowhere.

    RUN is the key of a run or of a request (for all its runs), the first letters of either, or
    JOB@PLATFORM for a run that is placed there.
    """
    from planner.plan import explain_document, read_plan, runs_named
    from planner.plan.show_explanation import show_explanation

    document = read_plan(plan_path) if plan_path else _recorded(name, ledger_url, paths)
    found = [explain_document(document, run) for run in runs_named(document, name)]

    def show(page: Console) -> None:
        for explanation in found:
            show_explanation(explanation, page)

    output.write(found if len(found) > 1 else found[0], output_format, show)


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

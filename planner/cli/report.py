# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner report`: a plan as one page for a browser."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import options

if TYPE_CHECKING:
    from models import PlanDocument, RunRecord


@click.command("report")
@click.argument("subject", metavar="PLAN|CYCLE")
@click.option(
    "-o",
    "--output",
    "path",
    required=True,
    metavar="FILE",
    help="Where the page is written; - for stdout.",
)
@options.ledger
@options.optional_yaml_config
def command(subject: str, path: str, ledger_url: str | None, paths: tuple[Path, ...]) -> None:
    """Write a plan as one HTML page that needs nothing but a browser.

    PLAN is a file that `plan -o json` wrote. CYCLE is the number of a cycle of the ledger that
    --ledger or -c names; its page also sets estimates against what became of the runs.
    """
    from planner.plan import read_plan
    from planner.report import report_page

    if ledger_url is None and not paths:
        if subject.isdecimal() and not Path(subject).exists():
            text = f"say which ledger has cycle {subject}: --ledger URL, or -c DIR"
            raise click.UsageError(text)
        page = report_page(read_plan(Path(subject)))
    else:
        number = _number(subject)
        document, records = _recorded(number, ledger_url, paths)
        page = report_page(document, cycle=number, records=records)
    _write(page, path)


def _number(subject: str) -> int:
    if not subject.isdecimal():
        text = f"{subject!r} is no number of a cycle; without --ledger and -c it is a plan's file"
        raise click.UsageError(text)
    return int(subject)


def _recorded(
    number: int, url: str | None, paths: tuple[Path, ...]
) -> tuple["PlanDocument", tuple["RunRecord", ...]]:
    """Return the plan of a cycle, and its placed runs as the ledger knows them now."""
    from models import PlannerError
    from planner.cli.ledgers import open_to_read

    with open_to_read(url, paths) as ledger:
        document = ledger.plan(cycle=number)
        if document is None:
            raise PlannerError(f"the ledger has no plan of cycle {number}")
        return document, ledger.runs([one.run for one in document.assignments])


def _write(page: str, path: str) -> None:
    content = page.encode()
    if path == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        from models import PlannerError

        raise PlannerError(f"{path}: cannot write the page: {error.strerror}") from error

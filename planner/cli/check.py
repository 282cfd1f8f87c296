# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner check`: every problem of a configuration, with file and line."""

import sys
from pathlib import Path
from typing import Any

import click

from models import Catalog, Defect, ExitCode
from planner.cli import options, output


@click.command("check")
@options.yaml_config
@options.output
def command(paths: tuple[Path, ...], output_format: str) -> None:
    """Validate a configuration; every problem with file and line.

    Exits with 0 if there is none, with 1 if there are any.
    """
    from planner.config import check_catalog, load_catalog

    catalog = load_catalog(*paths)
    defects = check_catalog(catalog)
    output.write_data(
        lambda: [_row(defect) for defect in defects], output_format, lambda _: _show(defects)
    )
    click.echo(_summary(catalog, defects), err=True)
    sys.exit(ExitCode.ERROR if defects else ExitCode.DONE)


def _show(defects: tuple[Defect, ...]) -> None:
    for defect in defects:
        click.echo(output.indented(str(defect)))


def _row(defect: Defect) -> dict[str, Any]:
    return {
        "file": defect.where.file,
        "line": defect.where.line,
        "code": defect.code,
        "subject": defect.subject,
        "text": defect.text,
    }


def _summary(catalog: Catalog, defects: tuple[Defect, ...]) -> str:
    sizes = (
        f"{len(catalog.entries)} entries, {len(catalog.jobs)} jobs, "
        f"{len(catalog.platforms)} platforms, {len(catalog.runtimes)} runtimes"
    )
    problems = "1 problem" if len(defects) == 1 else f"{len(defects) or 'no'} problems"
    return f"{sizes}: {problems}"

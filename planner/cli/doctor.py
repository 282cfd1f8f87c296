# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner doctor`: whether API, labs, tokens and templates are as they should be."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models import ExitCode
from planner.cli import options, output

if TYPE_CHECKING:
    from rich.console import Console


@click.command("doctor")
@options.yaml_config
@options.settings
@options.output
def command(paths: tuple[Path, ...], settings_path: Path | None, output_format: str) -> None:
    """Ask the API and the runtimes whether they let us in, and try the templates.

    Nothing is sent and nothing written. Exits with 1 if anything is not as it should be.
    """
    from planner.cli.examine import examine
    from planner.cli.inputs import Inputs

    findings = list(examine(Inputs().catalog(paths), settings_path))

    def show(page: Console) -> None:
        for finding in findings:
            mark, style = ("ok ", "green") if finding.good else ("BAD", "bold red")
            page.print(mark, style=style, end=" ")
            page.print(f"{finding.subject}: {finding.text}", markup=False, highlight=False)

    output.write(findings, output_format, show)
    sys.exit(ExitCode.DONE if all(f.good for f in findings) else ExitCode.ERROR)

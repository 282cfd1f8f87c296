# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner config`: shorter ways to write a configuration."""

import sys
from pathlib import Path

import click

from planner.cli import options, output
from planner.cli.inputs import Inputs


@click.group("config")
def command() -> None:
    """Work on a configuration."""


@command.command("suggest")
@options.yaml_config
@click.option(
    "--keep-runs",
    is_flag=True,
    help="Give a platform that several labs run an entry of its own, so that no run goes.",
)
@options.output
def suggest(paths: tuple[Path, ...], keep_runs: bool, output_format: str) -> None:
    """Suggest shorter entries, with proof of which runs and places stay, appear and go.

    Entries that differ only by lab become one, and lists of boards become criteria. Nothing is
    written to the configuration. Exits with 3 if a part of it could not be used.
    """
    from planner.cli.show_suggestions import show_suggestions
    from planner.suggestions import suggest

    inputs = Inputs()
    found = suggest(inputs.catalog(paths), keep_runs=keep_runs)
    output.write(found, output_format, lambda page: show_suggestions(found, page))
    sys.exit(inputs.exit_code)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner diff`: what one plan decides otherwise than another."""

from pathlib import Path

import click

from planner.cli import options, output


@click.command("diff")
@click.argument("before_path", metavar="A", type=click.Path(path_type=Path))
@click.argument("after_path", metavar="B", type=click.Path(path_type=Path))
@options.output
def command(before_path: Path, after_path: Path, output_format: str) -> None:
    """Say what the plan in file B decides otherwise than the one in file A.

    Exits with 0 whether they differ or not.
    """
    from planner.plan import diff, read_plan
    from planner.plan.show_diff import show_diff

    difference = diff(read_plan(before_path), read_plan(after_path))
    output.write(difference, output_format, lambda page: show_diff(difference, page))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""How results reach stdout: as tables for people, or as JSON or YAML for everything else."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from models import Ours

# Where there is no terminal a page may as well be wide: nothing is cut to fit.
PAGE_WIDTH = 160


def write(
    result: Ours | Sequence[Ours], output_format: str, show: Callable[[Console], None]
) -> None:
    """Write `result` to stdout in the format that was asked for; `show` prints the table."""

    def data() -> Any:
        if isinstance(result, Sequence):
            return [one.model_dump(mode="json") for one in result]
        return result.model_dump(mode="json")

    write_data(data, output_format, show)


def write_data(
    data: Callable[[], Any], output_format: str, show: Callable[[Console], None]
) -> None:
    """Write what `data` returns, which JSON can hold, in the format that was asked for."""
    if output_format == "table":
        show(page())
    elif output_format == "json":
        from models import printable_json

        click.echo(printable_json(json.dumps(data(), indent=2, ensure_ascii=False)))
    else:
        import yaml

        # The C library's dumper writes a large plan in seconds instead of minutes.
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump(data(), Dumper=dumper, sort_keys=False, allow_unicode=True)
        click.echo(text, nl=False)


def page() -> Console:
    """Return the console for stdout: as wide as the terminal, or `PAGE_WIDTH` without one.

    A text that is printed, or stands in a table, is one line of people's letters.
    """
    from rich.console import Console

    from models import printable

    class Page(Console):
        """A console that leaves it to the command line what a closed pipe means."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

        def render_str(self, text: str, **how: Any) -> Text:
            return super().render_str(printable(text), **how)

    fixed = sys.stdout.isatty() or "COLUMNS" in os.environ
    # Names come from KernelCI and the site: a bracket in one is no mark-up, a colon no picture.
    return Page(width=None if fixed else PAGE_WIDTH, highlight=False, markup=False, emoji=False)


def say(text: str) -> None:
    """Say something on stderr, where the log goes if that is for programs."""
    from planner.monitor import logs

    if logs.Log.as_json:
        logging.getLogger("kci-planner").warning("%s", text)
    else:
        click.echo(indented(text), err=True)


def indented(text: str) -> str:
    """Return a text whose further lines are indented: a name with a line break begins none."""
    from models import printable

    first, *others = map(printable, text.splitlines() or [""])
    return "\n".join([first, *(f"  {line.strip()}" for line in others)])

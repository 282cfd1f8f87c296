# SPDX-License-Identifier: LGPL-2.1-or-later
"""The `kci-planner` command: which subcommands there are, and how errors leave it."""

import errno
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

# One line a command: its name, the module that has it, and what `--help` says of it. The module
# is imported only when its command is called: `kci-planner --help` must answer at once.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("check", "planner.cli.check", "Validate a configuration; every problem with file and line."),
    ("doctor", "planner.cli.doctor", "Ask API and labs whether they let us in; try templates."),
    ("demand", "planner.cli.demand", "The requests of a batch of events, before solving."),
    ("plan", "planner.cli.plan", "Plan a batch without sending anything."),
    ("why", "planner.cli.why", "Why a run went where it went, or nowhere."),
    ("diff", "planner.cli.diff", "What differs between two plans."),
    ("solve", "planner.cli.solve", "Solve a saved problem."),
    (
        "run",
        "planner.cli.run",
        "The planner: plan, submit and remember, once or every few minutes.",
    ),
    ("submit", "planner.cli.submit", "Execute a saved plan, if it still holds."),
    ("shadow", "planner.cli.shadow", "What another scheduler did, beside what was planned."),
    ("status", "planner.cli.status", "What the ledger says now: backlog, runs under way."),
    ("history", "planner.cli.history", "What the ledger remembers: cycles and finished runs."),
    ("report", "planner.cli.report", "A plan as one HTML page."),
    ("simulate", "planner.cli.simulate", "A day of simulated labs under one policy or several."),
    ("config", "planner.cli.config", "Shorter ways to write a configuration."),
    ("schema", "planner.cli.schema", "The JSON Schema of the configuration, for editors."),
    (
        "bench",
        "planner.cli.bench",
        "The engine on seeded problems, policies in simulated days.",
    ),
)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in the order of a day's work."""
        return [name for name, _, _ in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        for name, module, _ in COMMANDS:
            if name == cmd_name:
                command = import_module(module).command
                assert isinstance(command, click.Command)
                return command
        return None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; where the reader of its results has gone, nothing is wrong with it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _write_no_more()
            ctx.exit(0)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, _, text in COMMANDS])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--verbose", count=True, help="Say more on stderr; twice for debugging.")
@click.option(
    "--log",
    "log_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How stderr is written: for people, or a JSON object a line.",
)
@click.version_option(package_name="kci-planner")
def group(verbose: int, log_format: str) -> None:
    """Plan which KernelCI run goes to which lab, a batch at a time."""
    from planner.cli import core_files
    from planner.monitor import logs

    core_files.forbid()
    logs.configure(verbose, as_json=log_format == "json")


def main() -> None:
    """Run the command line; never show a traceback for what a user can mend."""
    try:
        try:
            group(standalone_mode=False)
        finally:
            sys.stdout.flush()
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        _write_no_more()
        sys.exit(0)
    except Exception as error:
        _explain(error)


def _explain(error: Exception) -> NoReturn:
    """Say what a user can mend, and leave; anything else is a mistake of ours and goes on."""
    # The nouns cost more to import than `--help` may take.
    from models.errors import PlannerError
    from planner.cli.output import indented

    if isinstance(error, PlannerError):
        click.echo(indented(f"error: {error}"), err=True)
        sys.exit(error.exit_code)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        _write_no_more()
        click.echo(f"error: what was found could not be written: {error.strerror}", err=True)
        sys.exit(1)
    raise error


def _write_no_more() -> None:
    """Let what is still in the buffers of stdout go nowhere, so that leaving cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

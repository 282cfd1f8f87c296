# SPDX-License-Identifier: LGPL-2.1-or-later
"""The options that several commands share, with KernelCI's letters."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def _yaml_config(*, required: bool) -> Callable[[Command], Command]:
    return click.option(
        "-c",
        "--yaml-config",
        "paths",
        multiple=True,
        required=required,
        type=click.Path(path_type=Path),
        help="A directory or file of KernelCI's YAML; repeat to overlay, later over earlier.",
    )


yaml_config = _yaml_config(required=True)
optional_yaml_config = _yaml_config(required=False)
ledger = click.option(
    "--ledger",
    "ledger_url",
    metavar="URL",
    help="The ledger's database; `planner.ledger` of the configuration by default.",
)
capacity = click.option(
    "--capacity",
    "capacity_path",
    type=click.Path(path_type=Path),
    help="What the runtimes take now, over what the configuration says (YAML or JSON).",
)
policy = click.option("--policy", help="How plans are judged; the configuration's own by default.")
solver = click.option("--solver", metavar="NAME", help="Which solver; the policy's own by default.")
seed = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="What the solver draws from; the same seed gives the same plan.",
)
times = click.option(
    "--times",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="So many times the checkouts and the boards of the site.",
)


def _events(*, required: bool) -> Callable[[Command], Command]:
    return click.option(
        "--events",
        "events_path",
        required=required,
        help="Events, one JSON object a line; - for standard input.",
    )


events = _events(required=True)
nodes = click.option(
    "--nodes",
    "nodes_path",
    type=click.Path(path_type=Path),
    help="The nodes behind the events, one JSON object a line.",
)
settings = click.option(
    "-s",
    "--settings",
    "settings_path",
    type=click.Path(path_type=Path),
    help="KernelCI's settings with the API's token, instead of the first kernelci.toml of the "
    "working directory, ~/.config/kernelci and /etc/kernelci.",
)


def _output(*formats: str) -> Callable[[Command], Command]:
    return click.option(
        "-o",
        "--output",
        "output_format",
        type=click.Choice(formats),
        default="table",
        show_default=True,
        help="How results are written to stdout.",
    )


output = _output("table", "json", "yaml")
output_or_csv = _output("table", "json", "yaml", "csv")


LAST_YEAR = 9000


class Duration(click.ParamType[Any]):
    """A duration such as 90s, 3m or 1d12h, in whole seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the seconds that `value` says."""
        from models.duration import seconds

        try:
            length = seconds(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if length < 1:
            self.fail(f"{value!r} is no time at all", param, ctx)
        return length


class UtcTime(click.ParamType[Any]):
    """A time in ISO 8601; one without a zone is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the aware datetime that `value` says."""
        from datetime import datetime

        from models import utc

        moment = value if isinstance(value, datetime) else utc(value)
        if moment is None:
            self.fail(f"{value!r} is no ISO 8601 time", param, ctx)
        if moment.year > LAST_YEAR:
            self.fail(f"{value!r} is too late for a calendar to go on after it", param, ctx)
        return moment


class Changed(click.ParamType[Any]):
    """Something that could be different, such as lab=lava-x:offline."""

    name = "change"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the change that `value` spells."""
        from models import PlannerError
        from planner.whatif import read_change

        try:
            return read_change(str(value))
        except PlannerError as error:
            self.fail(str(error), param, ctx)


what_if = click.option(
    "--what-if",
    "changes",
    multiple=True,
    type=Changed(),
    metavar="CHANGE",
    help="Compare with the plan that would be made with this change, such as lab=LAB:offline, "
    "devices=LAB/TYPE:+2, ceiling=LAB/TYPE:+2 or policy=NAME; repeat for several at once.",
)


class Day(click.ParamType[Any]):
    """A day in UTC: a date, or how long ago, such as 7d."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the date that `value` says."""
        from datetime import UTC, date, datetime, timedelta

        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            ago = Duration().convert(value, param, ctx)
        return (datetime.now(UTC) - timedelta(seconds=ago)).date()


class Month(click.ParamType[Any]):
    """A month such as 2026-10."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the first day of the month that `value` says."""
        from datetime import date

        try:
            return value if isinstance(value, date) else date.fromisoformat(f"{value}-01")
        except ValueError:
            self.fail(f"{value!r} is no month such as 2026-10", param, ctx)


now = click.option(
    "--now",
    type=UtcTime(),
    default=None,
    help="Plan as of this time (ISO 8601, UTC) instead of that of the newest request.",
)


last_plan = click.option(
    "--last-plan",
    "last_path",
    type=click.Path(path_type=Path),
    help="The plan before this one, as `plan -o json` wrote it: runs stay where it had them if "
    "nothing is better elsewhere.",
)


def batch(command: Command) -> Command:
    """Give a command the options that name a batch and how it is planned (`BatchOptions`)."""
    return _with(
        command, last_plan, now, seed, solver, policy, capacity, nodes, events, yaml_config
    )


def optional_batch(command: Command) -> Command:
    """Give a command the same options; without a configuration or events there is no batch."""
    events, config = _events(required=False), optional_yaml_config
    return _with(command, last_plan, now, seed, solver, policy, capacity, nodes, events, config)


def _with(command: Command, *wanted: Callable[[Command], Command]) -> Command:
    for option in wanted:
        command = option(command)
    return command

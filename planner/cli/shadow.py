# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner shadow`: the planner beside another scheduler, and how they compare."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli import options, output

if TYPE_CHECKING:
    from rich.console import Console

    from models import Shadow, Twice


@click.command("shadow")
@options.yaml_config
@options.ledger
@options.settings
@click.option("--since", type=options.Duration(), default="6h", show_default=True)
@options.output
def command(
    paths: tuple[Path, ...],
    ledger_url: str | None,
    settings_path: Path | None,
    since: int,
    output_format: str,
) -> None:
    """Compare what another scheduler created at the API with what was planned for the same.

    To be used with a planner whose runtimes are all in dry run: `planner.submit` in the YAML.
    """
    from datetime import UTC, datetime, timedelta

    from models import PlannerError
    from planner.cli.collecting import which_api
    from planner.cli.inputs import Inputs
    from planner.cli.ledgers import open_to_read
    from planner.cycle.shadow import compare
    from planner.kernelci import Api, default_settings, read_token

    catalog = Inputs().catalog(paths)
    said = catalog.planner.events.api
    if said is None:
        raise PlannerError("planner.events.api names no API where another scheduler creates nodes")
    name, url = which_api(said, catalog, "planner.events.api")
    token = read_token(name, settings_path or default_settings(Path.home()), os.environ)
    begin = datetime.now(UTC) - timedelta(seconds=since)
    with open_to_read(ledger_url, paths) as ledger:
        runs = ledger.wanted_since(begin)
    created = begin.replace(tzinfo=None).isoformat(timespec="milliseconds")
    with Api(url, token) as api:
        nodes = [
            node
            for kind in ("kbuild", "job")
            for node in api.nodes({"kind": kind, "created__gte": created})
        ]
    found = compare(nodes, runs)
    output.write(found, output_format, lambda page: _show(found, page))


def _show(found: Shadow, page: Console) -> None:
    page.print(f"{found.alike} jobs are placed alike by both")
    for title, listed in (
        ("placed elsewhere", found.elsewhere),
        ("only by the other scheduler", found.only_theirs),
        ("only by the planner", found.only_ours),
    ):
        if listed:
            page.print()
            page.print(f"{title}: {len(listed)}", style="bold")
            page.print(_table(listed))


def _table(listed: tuple[Twice, ...]) -> Any:
    from rich.table import Table

    table = Table("parent", "job", "theirs", "ours", "waiting, and why", box=None)
    for one in listed:
        theirs, ours = (
            ", ".join(f"{runtime}/{platform}" for runtime, platform in places)
            for places in (one.theirs, one.ours)
        )
        why = f"{one.waiting}: {one.why or 'not planned yet'}" if one.waiting else ""
        table.add_row(one.parent, one.job, theirs, ours, why)
    return table

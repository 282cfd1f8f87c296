# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner history import`: a past that was there before the planner."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli import options, output

if TYPE_CHECKING:
    from datetime import date

    from models import Catalog, Execution, Unusable
    from planner.history import Record
    from planner.ledger import Ledger

PORTION = 5000  # runs in one transaction
SHOWN = 20  # records that were left out


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--lava", "lab", metavar="RUNTIME", help="The finished jobs of this LAVA lab.")
@click.option(
    "--after", type=click.IntRange(min=0), default=0, help="Only the lab's jobs after this number."
)
@click.option("--api", "api_name", metavar="NAME", help="The finished nodes of this KernelCI API.")
@click.option("--since", type=options.Day(), default="90d", help="Only nodes created since then.")
@options.ledger
@options.yaml_config
@options.settings
def import_(
    files: tuple[Path, ...],
    lab: str | None,
    after: int,
    api_name: str | None,
    since: date,
    ledger_url: str | None,
    paths: tuple[Path, ...],
    settings_path: Path | None,
) -> None:
    """Add runs of the past from FILES (CSV, or JSON lines), a LAVA lab or a KernelCI API.

    What was imported before, or is in the ledger, is not added again. What cannot be true is said
    and left out; then the exit code is 3. docs/history.md has the columns.
    """
    from datetime import UTC, datetime

    from models import ExitCode
    from planner.config import load_catalog
    from planner.history import read_records, sieved
    from planner.ledger import Ledger

    if bool(files) + (lab is not None) + (api_name is not None) != 1:
        raise click.UsageError("name files, or --lava RUNTIME, or --api NAME")
    catalog = load_catalog(*paths)
    records: Iterator[Record | Unusable]
    if lab is not None:
        records = _of_lab(catalog, lab, after, settings_path)
    elif api_name is not None:
        records = _of_api(catalog, api_name, since, settings_path)
    else:
        records = (record for path in files for record in read_records(path))
    # A node does not say when its run began; whatever else does not is odd.
    told = sieved(records, datetime.now(UTC), timed=api_name is None)
    with Ledger.open(ledger_url or catalog.planner.ledger) as ledger:
        left_out = _add(ledger, told)
    if left_out:
        sys.exit(ExitCode.DEGRADED)


def _of_lab(
    catalog: Catalog, lab: str, after: int, settings: Path | None
) -> Iterator[Record | Unusable]:
    from planner.history import lava_records
    from planner.kernelci import default_settings, read_runtime_token
    from planner.runtimes.lava.past import FinishedJobs

    if lab not in catalog.runtimes:
        raise click.UsageError(f"there is no runtime '{lab}' in the configuration")
    runtime = catalog.runtimes[lab]
    token = read_runtime_token(lab, settings or default_settings(Path.home()), os.environ)
    yield from lava_records(catalog, runtime, FinishedJobs(runtime, token), after)


def _of_api(
    catalog: Catalog, said: str, since: date, settings: Path | None
) -> Iterator[Record | Unusable]:
    from planner.cli.collecting import which_api
    from planner.history import node_records
    from planner.kernelci import Api, default_settings, read_token

    name, url = which_api(said, catalog, "--api")
    token = read_token(name, settings or default_settings(Path.home()), os.environ)
    with Api(url, token) as api:
        for kind in ("kbuild", "job"):
            query = {"kind": kind, "state": "done", "created__gte": f"{since}T00:00:00"}
            yield from node_records(catalog, api.nodes(query))


def _add(ledger: Ledger, told: Iterator[Execution | Unusable]) -> int:
    """Add what was told, in portions, say what became of it, and return how much was left out.

    Raises:
        PlannerError: if its source fails; what came before that is in the ledger.
    """
    from models import PlannerError, Unusable

    read = added = left_out = 0
    try:
        while portion := list(islice(told, PORTION)):
            sound = []
            for one in portion:
                if isinstance(one, Unusable):
                    left_out += 1
                    if left_out <= SHOWN:
                        click.echo(output.indented(f"left out: {one}"), err=True)
                else:
                    sound.append(one)
            read += len(sound)
            added += ledger.import_executions(sound)
    except OSError as error:
        raise PlannerError(f"{error} ({added} runs were imported before that)") from error
    if left_out > SHOWN:
        click.echo(f"left out: {left_out - SHOWN} more", err=True)
    click.echo(f"{added} runs imported, {read - added} were there, {left_out} left out")
    return left_out

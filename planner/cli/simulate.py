# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner simulate`: a day of simulated labs, and what policies make of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli import options, output

if TYPE_CHECKING:
    from rich.console import Console


@click.command("simulate")
@options.yaml_config
@click.option("--workload", default="day", show_default=True, help="What happens: its name.")
@click.option("--events", "events_path", help="Replay these events instead of a workload.")
@options.nodes
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME",
    help="Who decides: a name or a YAML file; repeat to compare. `default` if none is given.",
)
@options.times
@click.option("--list", "listing", is_flag=True, help="Only list workloads and policies.")
@options.seed
@options.output
def command(
    paths: tuple[Path, ...],
    workload: str,
    events_path: str | None,
    nodes_path: Path | None,
    policies: tuple[str, ...],
    times: float,
    listing: bool,
    seed: int,
    output_format: str,
) -> None:
    """Simulate one workload under one policy or several, and show the measures.

    The planner's cycle is the real one; labs, other users and time are simulated. The same seed
    gives the same numbers, but for the cycle time.
    """
    from planner.cli.inputs import Inputs
    from planner.simulate import MEASURES, find_workload, load_approach, measure, simulate
    from planner.simulate.recording import recording_of
    from planner.simulate.scenario import replay

    if listing:
        found = _listing()
        output.write_data(lambda: found, output_format, lambda page: _show_listing(found, page))
        return
    approaches = [load_approach(name) for name in policies or ("default",)]
    inputs = Inputs()
    catalog = inputs.catalog(paths)
    if events_path is None:
        scenario = find_workload(workload).draw(catalog, seed, times)
    else:
        workload = events_path
        told = recording_of(inputs.batch(events_path), inputs.nodes(nodes_path))
        scenario = replay(catalog, told, seed, times)
    columns = {}
    for approach in approaches:
        measured = measure(simulate(scenario, approach))
        columns[approach.name] = {
            name: None if math.isnan(value) else round(value, 6) for name, value in measured.items()
        }
    about = f"{workload}, seed {seed}, times {times:g}"
    units = {one.name: one.unit for one in MEASURES}
    output.write_data(
        lambda: {"workload": workload, "seed": seed, "times": times, "policies": columns},
        output_format,
        lambda page: _show(about, columns, units, page),
    )


def _listing() -> dict[str, dict[str, str]]:
    from planner.simulate import WORKLOADS, approaches, load_approach

    return {
        "workloads": {one.name: one.summary for one in WORKLOADS},
        "policies": {name: load_approach(name).summary for name in approaches()},
    }


def _show_listing(found: dict[str, dict[str, str]], page: Console) -> None:
    from rich.table import Table

    for title, items in found.items():
        table = Table(title=title, title_justify="left", show_header=False)
        for name, summary in items.items():
            table.add_row(name, summary)
        page.print(table)


def _show(
    about: str, columns: dict[str, dict[str, Any]], units: dict[str, str], page: Console
) -> None:
    from rich.table import Table

    table = Table(title=about, title_justify="left")
    table.add_column("measure")
    for name in columns:
        table.add_column(name, justify="right")
    table.add_column("unit")
    for measured, unit in units.items():
        values = (column[measured] for column in columns.values())
        table.add_row(measured, *("" if v is None else f"{v:,.6g}" for v in values), unit)
    page.print(table)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner bench`: how fast and how good, on problems made from a seed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from planner.cli import bench_policies, options, output
from planner.cli.source_tree import source_tree

if TYPE_CHECKING:
    from rich.console import Console


@click.group("bench")
def command() -> None:
    """Measure the engine on synthetic problems, and policies in simulated days.

    Benchmarks are part of the source tree.
    """


command.add_command(bench_policies.command)


_runs = click.option(
    "--runs", type=click.IntRange(1), required=True, help="How many runs want a place."
)
_slots = click.option(
    "--slots", type=click.IntRange(2), required=True, help="How many slots there are."
)
_load = click.option(
    "--load",
    type=click.FloatRange(0.01, 100),
    default=0.85,
    show_default=True,
    help="How much is wanted of what there is.",
)


@command.command("engine")
@_runs
@_slots
@_load
@click.option("--distinct", is_flag=True, help="No two requests are alike.")
@click.option(
    "--changed",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Solve again after this share of the requests changed, from the last plan.",
)
@click.option("--kubernetes", is_flag=True, help="Runs share CPU and memory in some runtimes.")
@click.option("--solver", metavar="NAME", help="Which solver; by the model's size by default.")
@click.option("--processor", is_flag=True, help="Tell processor seconds, not those on the wall.")
@options.seed
@options.output
def engine(
    runs: int,
    slots: int,
    load: float,
    distinct: bool,
    changed: float,
    kubernetes: bool,
    solver: str | None,
    processor: bool,
    seed: int,
    output_format: str,
) -> None:
    """Solve one seeded problem and say what each phase took and how good the plan is."""
    with source_tree():
        from benchmarks.engine import measure
        from benchmarks.instance import Size

    size = Size(runs, slots, load, distinct, kubernetes)
    clock = time.process_time if processor else time.monotonic
    found = measure(size, seed, solver, clock, changed)
    output.write_data(lambda: found, output_format, lambda page: _show(found, page))


@command.command("peers")
@_runs
@_slots
@_load
@click.option(
    "--limit",
    type=click.IntRange(4),
    default=60,
    show_default=True,
    help="Seconds that another solver may take.",
)
@click.option("--network", is_flag=True, help="No strict requests and no deadlines.")
@options.seed
@options.output
def peers(
    runs: int, slots: int, load: float, limit: int, network: bool, seed: int, output_format: str
) -> None:
    """Solve one seeded problem by the engine and by others, and compare time and value."""
    with source_tree():
        from benchmarks.instance import Size
        from benchmarks.peers import compare

    size = Size(runs, slots, load, network=network)
    rows = compare(size, seed, limit, time.monotonic)
    output.write_data(lambda: rows, output_format, lambda page: _show_peers(rows, page))


def _show_peers(rows: list[dict[str, Any]], page: Console) -> None:
    from rich.table import Table

    table = Table()
    columns = ("seconds", "of_time", "value", "of_value", "placed", "repeats", "completion_s")
    for column in ("name", *columns, "status"):
        table.add_column(column, justify="right" if column in columns else "left")
    for row in rows:
        cells = (row.get(column) for column in ("name", *columns, "status"))
        table.add_row(*("" if cell is None else str(cell) for cell in cells))
    page.print(table)


def _show(found: dict[str, Any], page: Console) -> None:
    from rich.table import Table

    phases = Table(title=f"{found['runs']} runs, {found['slots']} slots", title_justify="left")
    for column in ("phase", "seconds"):
        phases.add_column(column, justify="left" if column == "phase" else "right")
    for phase, seconds in found["seconds"].items():
        phases.add_row(phase, f"{seconds:.3f}")
    tiers = Table()
    for column in ("tier", "value", "bound"):
        tiers.add_column(column, justify="left" if column == "tier" else "right")
    for tier in found["tiers"]:
        tiers.add_row(tier["name"], str(tier["value"]), str(tier["bound"]))
    page.print(phases, tiers)
    verified = "verified" if found["verified"] else "NOT verified"
    page.print(
        f"{found['solver']}, {found['status']}, gap {found['gap']:.2g}, {verified},"
        f" {found['classes']} classes, {found['memory_mb']} MB,"
        f" {found['around']:.0%} around OR-Tools"
    )
    if "cold" in found:
        cold = found["cold"]
        page.print(
            f"solving took {cold['of_cold']} of the {cold['seconds']} s without the last plan"
        )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner bench policies`: what policies make of simulated days, with intervals over seeds."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models import PlannerError
from planner.cli import options, output
from planner.cli.source_tree import source_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from benchmarks.policies import Result

WORKLOADS = ("day", "rc1-burst", "lab-down")
POLICIES = ("today", "default", "every-revision")


@click.command("policies")
@options.optional_yaml_config
@click.option("--workload", "workloads", multiple=True, metavar="NAME", help="Repeat for several.")
@click.option(
    "--policy", "policies", multiple=True, metavar="NAME", help="Repeat; the first is the baseline."
)
@click.option("--seeds", type=click.IntRange(1), default=5, show_default=True, help="1 to so many.")
@options.times
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True)
@click.option("--scheduler", metavar="URL", help="A Dask scheduler whose workers do it instead.")
@click.option(
    "--results",
    "results_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("run/policies.csv"),
    show_default=True,
    help="Results so far; what is there is not simulated again.",
)
@click.option("--markdown", is_flag=True, help="Print the table as Markdown.")
@click.option(
    "--charts", "charts_path", type=click.Path(path_type=Path), help="Draw charts in this folder."
)
@click.option(
    "--ranges",
    "ranges_path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Do the cells of this file of accepted ranges, and fail if any is left.",
)
@options.output
def command(
    paths: tuple[Path, ...],
    workloads: tuple[str, ...],
    policies: tuple[str, ...],
    seeds: int,
    times: float,
    processes: int,
    scheduler: str | None,
    results_path: Path,
    markdown: bool,
    charts_path: Path | None,
    ranges_path: Path | None,
    output_format: str,
) -> None:
    """Simulate policies in workloads, over seeds, and show means with 95 % intervals.

    ▲ and ▼ say that a policy is better or worse than the first one, paired by seed. A run that was
    killed goes on where it was: results are kept as they come.
    """
    with source_tree():
        from benchmarks import policies as grid
        from benchmarks.policy_tables import markdown as as_markdown

    configs = tuple(str(path) for path in paths) or (str(grid.SHIPPED),)
    store = grid.Store(results_path)
    if ranges_path is not None:
        with grid.workers(processes, scheduler) as executor:
            _hold(configs, ranges_path, store, executor)
        return
    cells = grid.cells(
        configs, workloads or WORKLOADS, policies or POLICIES, range(1, seeds + 1), times
    )
    with grid.workers(processes, scheduler) as executor, _progress(len(cells)) as step:
        results = grid.run(configs, cells, store, executor, step)
    if charts_path is not None:
        from benchmarks.policy_charts import write_charts

        for path in write_charts(results, charts_path):
            click.echo(str(path), err=True)
    if markdown:
        click.echo(as_markdown(results))
    else:
        output.write_data(lambda: _data(results), output_format, lambda p: _show(results, p))


def _hold(configs: tuple[str, ...], path: Path, store: Any, executor: Any) -> None:
    """Measure what a file has ranges for, and say what is out of them.

    Raises:
        PlannerError: if anything is.
    """
    from benchmarks import policies as grid
    from benchmarks.ranges import broken, read_ranges

    ranges = read_ranges(path)
    wanted = list(dict.fromkeys(one.cell(configs) for one in ranges))
    with _progress(len(wanted)) as step:
        results = grid.run(configs, wanted, store, executor, step)
    found = broken(configs, ranges, results)
    click.echo(f"{len(ranges) - len(found)} of {len(ranges)} ranges hold")
    if found:
        raise PlannerError("\n".join(found))


def _data(results: list[Result]) -> list[dict[str, Any]]:
    import math

    from benchmarks.policy_tables import rows

    def number(value: float) -> float | None:
        return None if math.isnan(value) else round(value, 6)

    return [
        {
            "workload": row.workload,
            "policy": row.policy,
            "measure": row.measure,
            "unit": row.unit,
            "mean": number(row.value.mean),
            "half_width": number(row.value.half),
            "difference": number(row.difference.mean),
            "difference_half_width": number(row.difference.half),
            "verdict": row.verdict,
        }
        for row in rows(results)
    ]


def _show(results: list[Result], page: Console) -> None:
    from rich.table import Table

    from benchmarks.policy_tables import MARKS, rows

    listed = rows(results)
    for workload in dict.fromkeys(row.workload for row in listed):
        here = [row for row in listed if row.workload == workload]
        table = Table(title=workload, title_justify="left")
        table.add_column("measure")
        for policy in dict.fromkeys(row.policy for row in here):
            table.add_column(policy, justify="right")
        table.add_column("unit")
        for name in dict.fromkeys(row.measure for row in here):
            of_it = [row for row in here if row.measure == name]
            cells = (f"{row.value}{MARKS[row.verdict]}" for row in of_it)
            table.add_row(name, *cells, of_it[0].unit)
        page.print(table)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Result], None]]:
    """Give what counts a finished cell, on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("simulations", total=total)
        yield lambda _: bars.update(task, advance=1)

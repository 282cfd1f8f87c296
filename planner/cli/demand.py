# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner demand`: the requests of a batch, before any capacity is known."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models import Demand, Reason, Rejection, Request
from planner.cli import options, output
from planner.cli.inputs import Inputs

if TYPE_CHECKING:
    from rich.console import Console


@click.command("demand")
@options.yaml_config
@options.events
@options.nodes
@options.output
def command(
    paths: tuple[Path, ...], events_path: str, nodes_path: Path | None, output_format: str
) -> None:
    """Show which jobs a batch of events asks for, where each may go, and why not elsewhere.

    With -o json one object a line. Exits with 3 if an event, a node or a part of the
    configuration could not be used; the rest is shown all the same.
    """
    from planner.demand import expand

    inputs = Inputs()
    catalog = inputs.catalog(paths)
    batch = inputs.batch(events_path)
    demand = expand(catalog, batch, nodes=inputs.nodes(nodes_path))
    inputs.errors(events_path, demand.errors)
    if output_format == "json":
        sys.stdout.writelines(json.dumps(row) + "\n" for row in _rows(demand))
    else:
        output.write_data(
            lambda: list(_rows(demand)), output_format, lambda page: _show(demand, page)
        )
    click.echo(_summary(len(batch.events), batch.repeated, demand), err=True)
    sys.exit(inputs.exit_code)


def _rows(demand: Demand) -> Iterator[dict[str, Any]]:
    for request in demand.requests:
        runs = request.runs
        yield {
            "request": request.key,
            "entry": request.entry,
            "job": request.job,
            "kind": request.kind,
            "parent": request.parent,
            "retry": request.retry,
            "priority": request.priority,
            "runs": {
                "number": runs.number,
                "variant": [str(attribute) for attribute in runs.variant],
                "mode": str(runs.mode),
            },
            "candidates": [
                {"runtime": p.runtime, "platform": p.platform, "device_type": p.device_type}
                for p in request.candidates
            ],
            "rejections": [
                {"runtime": r.runtime, "platform": r.platform, "reason": _reason(r.reason)}
                for r in _rejections(request)
            ],
        }


def _rejections(request: Request) -> tuple[Rejection, ...]:
    """Return what is refused: first, at no place in particular, the whole request if it is."""
    if request.error is None:
        return request.rejections
    everywhere = Rejection(runtime=None, platform=None, reason=request.error)
    return (everywhere, *request.rejections)


def _reason(reason: Reason) -> dict[str, str]:
    return {"tier": str(reason.tier), "code": str(reason.code), "text": reason.text}


def _show(demand: Demand, page: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("job", "parent", "prio", "runs", "places", "refused"):
        table.add_column(column, justify="right" if column == "prio" else "left")
    for request in demand.requests:
        table.add_row(
            request.job,
            request.parent[-8:],
            str(request.priority),
            _runs(request),
            _places(request),
            _refused(request),
        )
    page.print(table)


def _runs(request: Request) -> str:
    runs = request.runs
    differ = f" {runs.mode} {','.join(runs.variant)}" if runs.variant else ""
    return f"{runs.number}{differ}"


def _places(request: Request) -> str:
    places = [f"{place.runtime}/{place.platform}" for place in request.candidates]
    more = f" and {len(places) - 2} more" if len(places) > 2 else ""
    return ", ".join(places[:2]) + more


def _refused(request: Request) -> str:
    if request.error is not None:
        return f"{request.error.code}: {request.error.text}"
    codes: dict[str, int] = {}
    for rejection in request.rejections:
        codes[rejection.reason.code] = codes.get(rejection.reason.code, 0) + 1
    return ", ".join(f"{count} {code}" for code, count in codes.items())


def _summary(events: int, repeated: int, demand: Demand) -> str:
    places = sum(len(request.candidates) for request in demand.requests)
    nowhere = sum(not request.candidates for request in demand.requests)
    return (
        f"{events} events ({repeated} repeated): {len(demand.requests)} requests"
        f" with {places} places; {nowhere} requests have none"
    )

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events expanded per second of CPU, beside the plain reference in the same run.

    python -m benchmarks.demand [--shared DIR] [--repeat 5]

Both expand the same events with the same configuration and nodes: the reference data's, where it
lies beside the project, or else the shipped ones. The baseline is `tests.demand.reference`, the
documentation as a program, which does each step for each place anew; the two must find the same
places. Only entries of KernelCI's own form count, as the baseline knows no other. Each figure is
the median of the repetitions; start-up, configuration and reading are not in it.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from time import process_time
from timeit import Timer
from typing import Any

import planner
from models import Demand, Event
from tests.demand.reference import Triple, expected, read_sections
from tests.demand.reference_rules import Json

ROOT = Path(__file__).resolve().parent.parent
# A batch of a few events is expanded this often within one measurement.
LEAST_EVENTS = 2_000


def kernelci_form(sections: Json) -> Json:
    """Return a configuration without the entries that KernelCI itself could not read."""
    ours = {"criteria", "runs"}
    entries = [
        entry
        for entry in sections["scheduler"]
        if not ours & {*entry, *entry["runtime"]} and "names" not in entry["runtime"]
    ]
    return sections | {"scheduler": entries}


def items(events: Iterable[Event]) -> list[Json]:
    """Return events as items of `/events`; one that does not say when is left out."""
    return [
        {"timestamp": event.timestamp.isoformat(), "channel": event.channel, "data": event.data}
        for event in events
        if event.timestamp
    ]


def seconds(work: Callable[[], Any], times: int, repeat: int) -> float:
    """Return the median CPU seconds of one call out of `times` in a row, as `timeit` takes them.

    The garbage collector waits meanwhile: it looks through all that the process holds, which is
    no part of the work.
    """
    timer = Timer(work, timer=process_time)
    return median(timer.repeat(repeat, times)) / times


def places(demand: Demand) -> set[Triple]:
    """Return what the planner may place, as the baseline writes it."""
    return {
        Triple(request.parent, request.job, request.retry, place.runtime, place.platform)
        for request in demand.requests
        for place in request.candidates
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the speeds of both as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = Path(os.environ.get("KCI_SHARED", ROOT.parent / "shared"))
    parser.add_argument("--shared", type=Path, default=default)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args(arguments)
    source = asked.shared / "kernelci"
    config, suffix = (source / "config", ".xz") if source.is_dir() else (ROOT / "config", "")
    folder = source if source.is_dir() else config
    batch = planner.read_events(folder / f"events.jsonl{suffix}")
    told = [event for event in batch.events if event.timestamp]
    nodes = planner.read_nodes(folder / f"nodes.jsonl{suffix}")
    sections = kernelci_form(read_sections(config))
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "site.yaml").write_text(json.dumps(sections, indent=1, default=str))
        catalog = planner.load_catalog(place)
    events, known = items(told), list(nodes.nodes.values())

    found = places(planner.expand(catalog, told, nodes=nodes))
    answers = expected(sections, events, known)
    if found != {triple for triple, given in answers.items() if None in given}:
        sys.exit("the two do not find the same places: no figure would mean anything")

    times = max(1, LEAST_EVENTS // len(events))
    ours = seconds(lambda: planner.expand(catalog, told, nodes=nodes), times, asked.repeat)
    baseline = seconds(lambda: expected(sections, events, known), times, asked.repeat)
    sys.stdout.write(
        f"{len(events)} events, {len(catalog.entries)} entries, {len(found)} places,"
        f" median of {asked.repeat}\n\n"
        "| | events per CPU second | ratio |\n|---|---|---|\n"
        f"| planner | {len(events) / ours:,.0f} | {baseline / ours:.1f} |\n"
        f"| plain reference | {len(events) / baseline:,.0f} | 1.0 |\n"
    )


if __name__ == "__main__":
    main()

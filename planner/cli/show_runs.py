# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs and cycles of the ledger, as tables."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from models import Contact, CycleRecord, LedgerStatus, RunRecord
from planner.plan.wording import RunNames, lasting


def cycles_table(cycles: Iterable[CycleRecord]) -> Table:
    """Return the cycles: what came in, what the plan did with it, and how long it took."""
    table = _table("cycle", "started", "took", "events", "requests", "placed", "waiting", "")
    for cycle in cycles:
        took = "" if cycle.finished is None else _between(cycle.started, cycle.finished)
        notes = ["died or goes on"] if cycle.finished is None else []
        notes += ["degraded"] if cycle.degraded else []
        notes += [
            f"{count} {what.replace('_', ' ')}" for what, count in cycle.counts.items() if count
        ]
        table.add_row(
            str(cycle.number),
            _clock(cycle.started),
            took,
            str(cycle.events),
            str(cycle.requests),
            "" if cycle.placed is None else str(cycle.placed),
            "" if cycle.deferred is None else str(cycle.deferred),
            ", ".join(notes),
        )
    return table


def ended_table(runs: Sequence[RunRecord], width: int) -> Table:
    """Return runs that are over: where they ran, for how long, and how they ended."""
    names = RunNames((run.request for run in runs), width)
    table = _table("run", "job", "runtime", "platform", "state", "result", "exit", "took", "detail")
    for run in runs:
        took = _between(run.started, run.ended) if run.started and run.ended else ""
        table.add_row(
            names.of(run.run),
            run.job,
            run.runtime or "",
            run.platform or "",
            str(run.state),
            run.result or "",
            "" if run.exit_status is None else str(run.exit_status),
            took,
            _detail(run),
        )
    return table


def show_waiting(runs: Sequence[RunRecord], now: datetime, page: Console) -> None:
    """Print the runs that wait, by what they wait for: since when, and until when at the latest."""
    names = RunNames((run.request for run in runs), page.width)
    groups: dict[str, Table] = {}
    for run in runs:
        why = f"{run.reason.code}: {run.reason.text}" if run.reason else "no plan decided on it yet"
        if why not in groups:
            groups[why] = _table("run", "job", "tree:branch", "prio", "waits", "left")
        groups[why].add_row(
            names.of(run.run),
            run.job,
            f"{run.tree}:{run.branch}" if run.tree else "",
            str(run.priority),
            _between(run.created, now),
            _between(now, run.deadline),
        )
    for why, table in groups.items():
        page.print(why, style="bold")
        page.print(Padding(table, (0, 0, 0, 2)))


def under_way_table(runs: Sequence[RunRecord], now: datetime, width: int) -> Table:
    """Return runs that were sent and are not over."""
    names = RunNames((run.request for run in runs), width)
    table = _table("run", "job", "runtime", "platform", "state", "sent")
    for run in runs:
        sent = f"{_between(run.submitted, now)} ago" if run.submitted else ""
        row = (run.job, run.runtime or "", run.platform or "", str(run.state), sent)
        table.add_row(names.of(run.run), *row)
    return table


def counts_table(status: LedgerStatus) -> Table:
    """Return how many runs are in each state, by runtime."""
    states = list(dict.fromkeys(count.state for count in status.counts))
    table = _table("runtime", *(str(state) for state in states))
    rows: dict[str | None, dict[str, int]] = {}
    for count in status.counts:
        rows.setdefault(count.runtime, {})[count.state] = count.runs
    for runtime in sorted(rows, key=lambda name: (name is not None, name or "")):
        cells = (str(rows[runtime].get(state, "")) for state in states)
        table.add_row(runtime or "nowhere yet", *cells)
    return table


def contacts_table(contacts: Iterable[Contact], now: datetime) -> Table:
    """Return the runtimes that tell their capacity: how old that is, and what is wrong now."""
    table = _table("runtime", "told", "devices", "queue", "running", "")
    for contact in contacts:
        last, devices = contact.last, None if contact.last is None else contact.last.devices
        counted = list(devices.values()) if devices is not None else []
        told = "never" if last is None or last.taken is None else f"{_between(last.taken, now)} ago"
        left = f", left alone for {_between(now, contact.until)}" if contact.until else ""
        table.add_row(
            contact.runtime,
            told,
            str(sum(kind.devices for kind in counted)) if counted else "",
            str(sum(kind.queue for kind in counted)) if counted else "",
            str(sum(kind.running for kind in counted) + (last.running if last else 0)),
            f"{contact.why}{left}" if contact.why else "",
        )
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _between(first: datetime, last: datetime) -> str:
    return lasting(max(0, round((last - first).total_seconds())))


def _detail(run: RunRecord) -> str:
    if run.detail:
        return run.detail
    # A run that got a place waited for a while before; that is over.
    return run.reason.text if run.reason and run.runtime is None else ""

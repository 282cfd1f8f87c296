# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was over in a period, as tables that fit a terminal, and as CSV."""

import csv
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from models import Account, Accounts, DeviceAccount, Statement
from planner.plan.wording import lasting

NOWHERE = "(nowhere)"
_COLUMNS = ("runs", "pass", "fail", "other", "infra", "hours", "wait", "p90")
_CSV = tuple(name for name in Account.model_fields if name not in ("unsent", "waited"))


def show_accounts(told: Accounts, page: Console) -> None:
    """Print the rows of a period, and what waited in it."""
    page.print(f"{told.since} to {told.until}, by {told.by} (UTC; wait: mean and p90)")
    if not told.rows:
        page.print("nothing was over in these days")
        return
    table = _table(str(told.by), *_COLUMNS)
    for one in told.rows:
        table.add_row(one.name or NOWHERE, *_cells(one))
    if len(told.rows) > 1:
        table.add_section()
        table.add_row("all", *_cells(told.total))
    page.print(table)
    show_waited(told.total, page)


def show_waited(total: Account, page: Console) -> None:
    """Print what runs waited for before they got a place, or never did, and how these ended."""
    if total.waited:
        table = _table("waited last for", "placed then", "never ran")
        for one in total.waited:
            table.add_row(one.reason, f"{one.placed:,}", f"{one.unsent:,}")
        page.print()
        page.print(table)
    if total.unsent:
        ends = ", ".join(f"{runs:,} {state}" for state, runs in total.unsent.items())
        page.print()
        page.print(f"never ran: {ends}")


def show_statement(told: Statement, page: Console) -> None:
    """Print a lab's month."""
    page.print(f"{told.lab}, {told.month}: {told.days} days (UTC)", style="bold")
    total = told.total
    share = 100 * total.infrastructure / total.runs if total.runs else 0
    page.print(
        f"{total.runs:,} runs: {total.passed:,} passed, {total.failed:,} failed, "
        f"{total.other:,} others; {total.infrastructure:,} spoiled by the lab ({share:.1f} %)"
    )
    page.print(
        f"{total.device_s / 3600:,.1f} device hours"
        + (f" on {told.devices} devices" if told.devices else "")
        + (f", {told.utilisation_percent} % of their time" if told.devices else "")
    )
    if total.wait_mean_s is not None and total.wait_p90_s is not None:
        page.print(f"waits: {lasting(total.wait_mean_s)} mean, {lasting(total.wait_p90_s)} p90")
    for heading, rows in (("tree", told.by_tree), ("longest jobs", told.longest)):
        table = _table(heading, *_COLUMNS[:6], "median", "p90")
        for one in rows:
            times = (one.duration_median_s, one.duration_p90_s)
            table.add_row(one.name or NOWHERE, *_cells(one)[:6], *map(_lasting, times))
        page.print()
        page.print(table)
    page.print()
    page.print(_devices(told.by_device_type))
    show_waited(total, page)
    if told.contract is not None:
        page.print()
        page.print("contract", style="bold")
        for name, term in told.contract.items():
            page.print(f"  {name}: {term}")


def write_accounts(rows: Iterable[Account]) -> None:
    """Write rows as CSV."""
    _write((_CSV, *map(_fields, rows)))


def write_statement(told: Statement) -> None:
    """Write a lab's month as CSV, every row with its section."""
    sections: list[tuple[str, Iterable[Account]]] = [
        ("total", (told.total,)),
        ("tree", told.by_tree),
        ("device type", (one.account for one in told.by_device_type)),
        ("longest jobs", told.longest),
        ("day", told.by_day),
    ]
    known: dict[tuple[str, str | None], tuple[object, object]] = {
        ("device type", one.account.name): (one.devices, one.utilisation_percent)
        for one in told.by_device_type
    }
    known["total", None] = (told.devices, told.utilisation_percent)
    lines: list[tuple[object, ...]] = [("section", *_CSV, "devices", "utilisation_percent")]
    for section, rows in sections:
        lines += [
            (section, *_fields(one), *known.get((section, one.name), (None, None))) for one in rows
        ]
    _write(lines)


def _fields(one: Account) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _CSV)


def _write(lines: Iterable[tuple[object, ...]]) -> None:
    csv.writer(sys.stdout, lineterminator="\n").writerows(lines)


def _devices(rows: Iterable[DeviceAccount]) -> Table:
    table = _table("device type", *_COLUMNS[:6], "devices", "used")
    for one in rows:
        used = "" if one.utilisation_percent is None else f"{one.utilisation_percent} %"
        count = "" if one.devices is None else str(one.devices)
        table.add_row(one.account.name or NOWHERE, *_cells(one.account)[:6], count, used)
    return table


def _cells(one: Account) -> tuple[str, ...]:
    counts = (one.runs, one.passed, one.failed, one.other, one.infrastructure)
    waits = (one.wait_mean_s, one.wait_p90_s)
    return (*(f"{n:,}" for n in counts), f"{one.device_s / 3600:,.1f}", *map(_lasting, waits))


def _lasting(seconds: int | None) -> str:
    return "" if seconds is None else lasting(seconds)


def _table(name: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(name, overflow="fold", min_width=12)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The difference of two plans for people."""

from collections.abc import Sequence

from rich.console import Console

from models import Place, PlanDiff, Reason, RequestError, RunChange, TierChange
from planner.plan.grid import Grid, note, title
from planner.plan.wording import RunNames, amount, counted, difference

_PARTS = (
    ("placed", "now placed"),
    ("moved", "moved"),
    ("deferred", "now waiting"),
    ("new", "new"),
    ("gone", "gone"),
    ("reasons", "waiting for another reason"),
)
_TIERS = ("tier", "before", "after", "change")


def show_diff(found: PlanDiff, console: Console) -> None:
    """Print what differs between two plans to `console`, as wide as that is."""
    title(console, f"{found.before} -> {found.after}")
    if found.empty:
        note(console, "both plans decide the same", 0)
        return
    show_changes(found, console)
    if found.tiers:
        show_tiers(found.tiers, console)


def show_changes(found: PlanDiff, console: Console) -> None:
    """Print which runs and requests have another fate."""
    parts = [(text, getattr(found, name)) for name, text in _PARTS]
    names = RunNames((c.request for _, changes in parts for c in changes), console.width)
    for text, changes in parts:
        if changes:
            title(console, text, counted(len(changes), "run"))
            _show_changes(changes, names, console)
    _show_errors("now in error", found.new_errors, console)
    _show_errors("no longer in error", found.gone_errors, console)


def show_tiers(tiers: Sequence[TierChange], console: Console) -> None:
    """Print each tier before and after."""
    rows = [_tier(change) for change in tiers]
    grid = Grid([_TIERS, *rows], console.width, left=1, giving=(1, 2, 3))
    grid.show([_TIERS], console, style="dim")
    grid.show(rows, console)


def _show_changes(changes: tuple[RunChange, ...], names: RunNames, console: Console) -> None:
    rows = [(f"  {names.of(change.run)}", change.job, _text(change)) for change in changes]
    Grid(rows, console.width, left=3, giving=(1, 2)).show(rows, console)


def _text(change: RunChange) -> str:
    """Return the state before and after, as far as the run was known."""
    before = _state(change.place_before, change.reason_before)
    after = _state(change.place_after, change.reason_after)
    return " -> ".join(filter(None, (before, after)))


def _state(place: Place | None, reason: Reason | None) -> str:
    if place is not None:
        return f"{place.runtime} / {place.platform}"
    return f"waiting ({reason.code})" if reason is not None else ""


def _show_errors(text: str, errors: tuple[RequestError, ...], console: Console) -> None:
    if errors:
        title(console, text, counted(len(errors), "request"))
        for error in errors:
            note(console, f"{error.request} {error.job}: {error.reason.text}", 2)


def _tier(change: TierChange) -> tuple[str, ...]:
    before, after = change.before, change.after
    return (
        change.name,
        "" if before is None else amount(change.name, before),
        "" if after is None else amount(change.name, after),
        "" if before is None or after is None else difference(change.name, after - before),
    )

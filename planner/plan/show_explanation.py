# SPDX-License-Identifier: LGPL-2.1-or-later
"""One run for people: where it goes or why it waits, and what became of each other place."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console

from models import Explanation, Judgement, Rejection, Verdict
from planner.plan.grid import Grid, note, title
from planner.plan.verdicts import LISTED, verdict_text
from planner.plan.wording import amount, counted, lasting, named


def show_explanation(explanation: Explanation, console: Console) -> None:
    """Print the explanation of one run to `console`, as wide as that is."""
    _show_decision(explanation, console)
    if explanation.candidates:
        _show_candidates(explanation.candidates, console)
    if explanation.rejections:
        _show_rejections(explanation.rejections, console)


def _show_decision(explanation: Explanation, console: Console) -> None:
    title(console, explanation.run, f"{explanation.job} for {explanation.parent}")
    here, reason = explanation.assignment, explanation.reason
    if here is not None:
        start = f"in {lasting(here.start_s)}" if here.start_s else "now"
        text = (
            f"goes to {here.platform} in {here.runtime}, starts {start}"
            f" and takes {lasting(here.duration_s)}, at priority {here.priority}"
        )
        note(console, text, 2)
    if reason is not None:
        what = "waits" if explanation.index is not None else "is in error"
        note(console, f"{what}: {reason.code}: {reason.text}", 2)
    console.print()


def _show_candidates(candidates: tuple[Judgement, ...], console: Console) -> None:
    """Print each candidate with what it adds to each tier, and its verdict below."""
    tiers = list(candidates[0].adds)
    head = (counted(len(candidates), "candidate"), "wait", "takes", *tiers)
    rows = [_row(candidate) for candidate in candidates]
    grid = Grid([head, *rows], console.width, left=1, giving=(0,))
    grid.show([head], console, style="dim")
    chosen = next((c for c in candidates if c.verdict is Verdict.CHOSEN), None)
    for candidate, row in zip(candidates, rows, strict=True):
        grid.show([row], console, style="bold" if candidate is chosen else "")
        note(console, verdict_text(candidate, chosen), 2, "green" if candidate is chosen else "dim")
        if candidate.basis:
            note(console, candidate.basis, 2, "dim")
        if candidate.stale_days:
            days = counted(candidate.stale_days, "day")
            note(console, f"has not run here for this tree for {days}", 2, "dim")
    console.print()


def _row(candidate: Judgement) -> tuple[str, ...]:
    slot = f"{candidate.runtime} / {candidate.device_type}"
    other = candidate.platform != candidate.device_type
    return (
        f"{slot} on {candidate.platform}" if other else slot,
        lasting(candidate.wait_s),
        lasting(candidate.duration_s),
        *(amount(tier, value) for tier, value in candidate.adds.items()),
    )


def _show_rejections(rejections: Sequence[Rejection], console: Console) -> None:
    """Print why places are no candidates, each sentence once with the places it holds for."""
    refused = sorted(rejections, key=lambda r: (r.reason.code, r.reason.text))
    title(console, "refused", counted(len(refused), "place"))
    for (code, text), group in groupby(refused, key=lambda r: (r.reason.code, r.reason.text)):
        note(console, f"{code}: {text}", 2)
        places = [" / ".join(filter(None, (r.runtime, r.platform))) for r in group]
        if len(places) > 1:
            note(console, named(places, LISTED), 4, "dim")
    console.print()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What would be otherwise, for people."""

from rich.console import Console

from models import Remedy, Side, TierChange, WhatIf
from planner.plan.grid import note, title
from planner.plan.show_diff import show_changes, show_tiers
from planner.plan.wording import counted, difference


def show_what_if(found: WhatIf, console: Console) -> None:
    """Print what would be otherwise to `console`, as wide as that is."""
    title(console, "what if", ", ".join(found.changes) or "nothing changes")
    difference = found.difference
    if difference.empty:
        note(console, "nothing would be decided otherwise", 2)
    console.print()
    show_changes(difference, console)
    show_tiers(_tiers(found), console)
    gained, lost = len(difference.placed), len(difference.deferred)
    note(
        console,
        f"{counted(found.before.placed, 'run')} placed before, {found.after.placed} after:"
        f" {gained} gained, {lost} lost, {len(difference.moved)} moved",
        0,
    )
    for name, side in (("before", found.before), ("after", found.after)):
        note(console, _made(name, side), 0, "dim")


def _tiers(found: WhatIf) -> tuple[TierChange, ...]:
    """Return every tier, whether it changes or not."""
    before = {tier.name: tier.value for tier in found.before.solve.tiers}
    after = {tier.name: tier.value for tier in found.after.solve.tiers}
    return tuple(
        TierChange(name=name, before=before.get(name), after=after.get(name))
        for name in dict.fromkeys((*after, *before))
    )


def _made(name: str, side: Side) -> str:
    solve = side.solve
    return f"{name}: plan {side.plan}, {solve.status} by {solve.solver}, gap {solve.gap:.2%}"


def show_remedy(found: Remedy, console: Console) -> None:
    """Print what it would take to place a run."""
    title(console, "what it would take")
    solved = sum(one.solved for one in found.tried)
    tried = f"{counted(len(found.tried), 'change')} tried, {solved} by solving"
    if found.change is not None:
        note(console, f"{found.change}, at a declared cost of {found.cost}", 2, "green")
        places = [f"{place.platform} in {place.runtime}" for place in found.places]
        note(console, f"its request is then placed on {', '.join(places)}", 2)
        changes = [f"{tier} {difference(tier, gain)}" for tier, gain in found.gains.items()]
        note(console, f"tiers: {', '.join(changes)}", 2)
        note(console, f"nothing cheaper does: {tried}", 2, "dim")
    else:
        more = "" if found.complete else "; there are more, which the limit of solves left out"
        note(console, f"no single change places it: {tried}{more}", 2)
    if found.conflict:
        note(console, "these cannot be kept together, even with the labs to itself:", 2)
        for rule in found.conflict:
            note(console, f"{rule.rule}: {rule.text}", 4)
    console.print()

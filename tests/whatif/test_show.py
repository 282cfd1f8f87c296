# SPDX-License-Identifier: LGPL-2.1-or-later
"""What would be otherwise and what it would take, as people see it."""

import pytest

from models import NamedRule, Place, Remedy, TriedChange
from planner.whatif import what_if
from planner.whatif.show import show_remedy, show_what_if
from tests.plan.test_show import shown
from tests.whatif.scenarios import devices, scenario, wish

TRIED = (
    TriedChange(change="ceiling=lab/a:+1", cost=10, works=False, solved=False),
    TriedChange(change="ceiling=lab/a:+2", cost=20, works=True, solved=True),
)


@pytest.mark.parametrize("width", [60, 160])
def test_both_sides(width: int) -> None:
    """The change, the runs with another fate, each tier, and the sums, in any width."""
    full = scenario(wish("north/juno", number=2), labs=(devices("north", juno=1),))
    found = what_if(full, ["devices=north/juno:+1"])
    out = shown(lambda console: show_what_if(found, console), width)
    assert max(map(len, out.splitlines())) <= width
    for word in ("devices=north/juno:+1", "now placed", "r0-1", "value", "1 gained, 0 lost"):
        assert word in out


def test_nothing_is_otherwise() -> None:
    """That is said, and every tier still stands there."""
    idle = scenario(wish("north/juno"), labs=(devices("north", juno=2),))
    found = what_if(idle, ["devices=north/juno:+1"])
    out = shown(lambda console: show_what_if(found, console), 100)
    assert "nothing would be decided otherwise" in out
    assert "cost" in out


def test_the_cheapest_change() -> None:
    """With its cost, where the runs go, what it brings, and how much was tried."""
    found = Remedy(
        run="r0-1",
        change="ceiling=lab/a:+2",
        cost=20,
        places=(Place(runtime="lab", platform="board", device_type="a"),),
        gains={"value": 7000, "cost": 0},
        tried=TRIED,
    )
    out = shown(lambda console: show_remedy(found, console), 100)
    for word in (
        "ceiling=lab/a:+2, at a declared cost of 20",
        "board in lab",
        "value +70.00 points, cost none",
        "2 changes tried, 1 by solving",
    ):
        assert word in out


def test_no_change_and_the_rules_in_conflict() -> None:
    """Each rule has its line; a search that was cut short says so."""
    rules = (NamedRule(rule="number", text="3 runs are wanted"),)
    found = Remedy(run="r0-1", tried=TRIED[:1], complete=False, conflict=rules)
    out = shown(lambda console: show_remedy(found, console), 120)
    assert "no single change places it: 1 change tried, 0 by solving; there are more" in out
    assert "number: 3 runs are wanted" in out

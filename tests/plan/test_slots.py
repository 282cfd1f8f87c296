# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a plan says of the room that there was."""

from models import Ceiling, SlotRoom
from tests.plan.plans import written
from tests.rules.facts import Wish, facts


def test_a_slot_without_limits() -> None:
    """It has no ceilings and no total."""
    (slot,) = written(facts(Wish(("lab/a",))), "lab/a").slots
    assert slot == SlotRoom(runtime="lab", device_type="a")


def test_ceilings_rise_with_priority() -> None:
    """They are what the slot admitted before the plan, lowest priority first."""
    problem = facts(Wish(("lab/a",), number=2), ceilings={"lab/a": {60: 4, 20: 2}})
    (slot,) = written(problem, "lab/a", "lab/a").slots
    assert slot.ceilings == (Ceiling(priority=20, limit=2), Ceiling(priority=60, limit=4))


def test_a_total_is_said_of_each_slot() -> None:
    """Each slot of a runtime has the total of all of them; those of another have their own."""
    problem = facts(Wish(("lab/a", "lab/b", "cloud/c")), totals={"lab": 3})
    slots = written(problem, "lab/a").slots
    assert {(s.runtime, s.device_type): s.total for s in slots} == {
        ("lab", "a"): 3,
        ("lab", "b"): 3,
        ("cloud", "c"): None,
    }

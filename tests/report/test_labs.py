# SPDX-License-Identifier: LGPL-2.1-or-later
"""Load against ceiling, and when it is over."""

from hypothesis import given, settings

from models import Ceiling, PlanDocument, SlotRoom
from planner.report.labs import labs
from tests.plan.plans import written
from tests.report.documents import plans
from tests.rules.facts import Wish, facts


def test_times_of_a_slot() -> None:
    """When its first and last run start, and when the last one is over."""
    wishes = [Wish(("lab/a",), duration=d) for d in (500, 100)]
    problem = facts(*wishes, steps={"lab/a": [(1, 60), (9, 200)]})
    (lab,) = labs(written(problem, "lab/a", "lab/a"))
    (slot,) = lab.slots
    assert (slot.runs, slot.first_s, slot.last_s, slot.end_s) == (2, 60, 200, 560)
    assert (lab.end_s, lab.load_s) == (560, 600)


def test_the_tightest_ceiling_counts() -> None:
    """One of two for low priorities is tighter than two of five for all."""
    wishes = [Wish(("lab/a",), priority=20), Wish(("lab/a",), priority=60)]
    problem = facts(*wishes, ceilings={"lab/a": {20: 2, 60: 5}})
    (slot,) = labs(written(problem, "lab/a", "lab/a"))[0].slots
    assert (slot.load, slot.limit, slot.level, slot.share) == (1, 2, 20, 0.5)


def test_the_highest_ceiling_counts_all() -> None:
    """It has no level of its own: it is the slot's."""
    problem = facts(Wish(("lab/a",), priority=60), ceilings={"lab/a": {60: 4}})
    (slot,) = labs(written(problem, "lab/a"))[0].slots
    assert (slot.load, slot.limit, slot.level) == (1, 4, None)


def test_a_slot_that_admits_nothing_is_full() -> None:
    """Though nothing goes there; slots with runs stand before it."""
    problem = facts(Wish(("lab/a", "lab/b")), ceilings={"lab/a": {60: 0}})
    (lab,) = labs(written(problem, "lab/b"))
    assert [slot.device_type for slot in lab.slots] == ["b", "a"]
    assert lab.slots[1].share == 1.0


def test_without_a_ceiling() -> None:
    """There is load and no limit."""
    (slot,) = labs(written(facts(Wish(("lab/a",))), "lab/a"))[0].slots
    assert (slot.load, slot.limit, slot.share) == (1, None, 0.0)


@settings(max_examples=25, deadline=None)
@given(document=plans)
def test_every_run_counts_once(document: PlanDocument) -> None:
    """Over all labs there are as many runs as are placed, and no slot is over its ceiling."""
    found = labs(document)
    assert sum(lab.runs for lab in found) == len(document.assignments)
    assert [s.runtime for lab in found for s in lab.slots] == [
        lab.name for lab in found for _ in lab.slots
    ]
    assert all(slot.share <= 1 for lab in found for slot in lab.slots)


def test_a_slot_that_the_plan_does_not_describe() -> None:
    """Runs on it are shown all the same."""
    document = written(facts(Wish(("lab/a",)), Wish(("lab/b",))), "lab/a", "lab/b")
    room = SlotRoom(runtime="lab", device_type="a", ceilings=(Ceiling(priority=9, limit=2),))
    (lab,) = labs(document.model_copy(update={"slots": (room,)}))
    assert [slot.device_type for slot in lab.slots] == ["a", "b"]

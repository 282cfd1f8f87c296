# SPDX-License-Identifier: LGPL-2.1-or-later
"""Estimates against what happened."""

from planner.report.actual import Actual, actuals, slot_outcomes
from tests.report.documents import record, small


def test_a_run_that_is_over() -> None:
    """Its wait counts from the plan, its duration from its start."""
    document = small()
    known = actuals(document, [record(document, 0, waited=90, took=700)])
    assert known == {document.assignments[0].run: Actual("finished", "pass", 90, 700)}


def test_a_run_that_goes_on() -> None:
    """It has waited, and nobody knows how long it takes; it is no outcome yet."""
    document = small()
    known = actuals(document, [record(document, 0, waited=90, took=None)])
    (actual,) = known.values()
    assert (actual.wait_s, actual.duration_s, actual.result) == (90, None, None)
    assert slot_outcomes(document, known) == ()


def test_a_run_of_another_plan() -> None:
    """A run that went back to wait and got its place by a later plan says nothing of this one."""
    document = small()
    other = record(document, 0, waited=1, took=1).model_copy(update={"plan": "other"})
    assert actuals(document, [other]) == {}


def test_slots_have_means() -> None:
    """Over the runs of a slot that are over, expected and real; results are counted."""
    document = small()
    first = document.assignments[0]
    slot = [
        at
        for at, one in enumerate(document.assignments)
        if (one.runtime, one.device_type) == (first.runtime, first.device_type)
    ]
    waits = range(100, 100 + 10 * len(slot), 10)
    records = [
        record(document, at, waited=w, took=w * 2) for at, w in zip(slot, waits, strict=True)
    ]
    (found,) = slot_outcomes(document, actuals(document, records))
    mean = round(sum(waits) / len(slot))
    assert (found.runs, found.wait_s) == (len(slot), mean)
    assert abs(found.duration_s - 2 * mean) <= 1
    expected = [document.assignments[at].duration_s for at in slot]
    assert found.expected_duration_s == round(sum(expected) / len(expected))
    assert found.results == {"pass": len(slot)}

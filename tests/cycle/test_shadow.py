# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two schedulers beside each other: where they agree, and where not."""

from datetime import UTC, datetime
from typing import Any

from models import Reason, ReasonCode, RunRecord, RunState
from planner.cycle.shadow import compare

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def run(job: str, platform: str | None, index: int = 0, parent: str = "n1") -> RunRecord:
    """Return a run of ours, which waits if it has no platform."""
    state = RunState.WAITING if platform is None else RunState.DRY_RUN
    fields: dict[str, Any] = dict.fromkeys(RunRecord.model_fields)
    fields |= {"run": f"{job}-{index}", "request": job, "job": job, "kind": "job"}
    fields |= {"parent": parent, "state": state, "priority": 20, "infrastructure": False}
    fields |= {"created": NOW, "deadline": NOW, "platform": platform}
    fields |= {"runtime": platform and "lab"}
    if platform is None:
        fields["reason"] = Reason.of(ReasonCode.QUEUE_FULL, "no room")
    return RunRecord.model_validate(fields)


def node(job: str, platform: str, parent: str = "n1", **data: Any) -> dict[str, Any]:
    """Return a node of the other scheduler."""
    data = {"runtime": "lab", "platform": platform} | data
    return {"id": "x", "name": job, "parent": parent, "data": data}


def test_alike_and_not() -> None:
    """Each job of a parent that both know is counted once, or listed where they differ."""
    runs = [run("same", "rock"), run("moved", "pi"), run("mine", "pi"), run("late", None)]
    nodes = [node("same", "rock"), node("moved", "rock"), node("late", "rock"), node("x", "pi")]
    found = compare(nodes, runs)
    assert found.alike == 1
    assert [(t.job, t.theirs, t.ours) for t in found.elsewhere] == [
        ("moved", (("lab", "rock"),), (("lab", "pi"),))
    ]
    assert [(t.job, t.waiting, t.why) for t in found.only_theirs] == [
        ("late", 1, "no room"),
        ("x", 0, None),
    ]
    assert [t.job for t in found.only_ours] == ["mine"]


def test_order_does_not_matter() -> None:
    """Runs of one job are compared as a whole."""
    runs = [run("twice", "rock", 0), run("twice", "pi", 1)]
    assert compare([node("twice", "pi"), node("twice", "rock")], runs).alike == 1
    assert len(compare([node("twice", "pi")], runs).elsewhere) == 1


def test_what_cannot_be_compared() -> None:
    """Nodes of ours, and parents that one of the two never heard of, are left out."""
    nodes = [node("same", "rock", planner={"run": "r"}), node("other", "rock", "n2")]
    found = compare(nodes, [run("same", "rock")])
    assert (found.alike, found.elsewhere, found.only_theirs, found.only_ours) == (0, (), (), ())

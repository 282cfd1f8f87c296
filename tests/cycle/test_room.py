# SPDX-License-Identifier: LGPL-2.1-or-later
"""What room is left right before a run is sent: slots, and what a cluster's runs share."""

from typing import Any

import pytest

from models import (
    Catalog,
    ContextCapacity,
    Job,
    LabType,
    Order,
    PlannerSettings,
    Platform,
    ReasonCode,
    Runtime,
    RuntimeCapacity,
    Where,
)
from planner.cycle.room import no_room
from planner.ledger import Ledger
from tests.cycle.conftest import Site
from tests.ledger.nouns import MINUTE, NOW, PLACE, placed, plan, record, request

LAB, SOON, HERE = PLACE.runtime, NOW + MINUTE, Where(file="site.yaml", line=1)


def site(lab_type: LabType, **params: Any) -> Catalog:
    """Return a site whose one lab is of that type, with a job of these params."""
    return Catalog(
        paths=(),
        jobs={"boot": Job(name="boot", kind="job", params=params, where=HERE)},
        platforms={PLACE.platform: Platform(name=PLACE.platform, where=HERE)},
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        runtimes={LAB: Runtime(name=LAB, lab_type=lab_type, where=HERE)},
        planner=PlannerSettings(),
    )


def told(**capacity: Any) -> RuntimeCapacity:
    """Return what the lab told when the newer plan was made."""
    return RuntimeCapacity(runtime=LAB, taken=NOW, **capacity)


def two_plans(folder: Site, context: str | None = None) -> Ledger:
    """Return a ledger in which an older plan's run is still in hand while a newer one is sent."""
    ledger = folder.ledger()
    for key, at in (("old", NOW - MINUTE), ("new", NOW)):
        wanted = request(key)
        place = placed(wanted).model_copy(update={"context": context})
        number = record(ledger, wanted, at=at)
        ledger.record_plan(number, plan([place], name=f"plan-{key}", at=at))
    return ledger


def order(ledger: Ledger) -> Order:
    """Return the order of the newer plan."""
    return next(one for one in ledger.orders() if one.run == "new-0")


@pytest.fixture(name="folder")
def _folder(tmp_path: Any) -> Site:
    return Site(tmp_path)


def refusal(ledger: Ledger, catalog: Catalog, capacity: RuntimeCapacity) -> ReasonCode | None:
    """Return why the newer plan's run has no room, None if it has."""
    reason = no_room(order(ledger), catalog, capacity, ledger)
    return None if reason is None else reason.code


@pytest.mark.parametrize("lab_type", [LabType.DOCKER, LabType.SHELL, LabType.PULL_LABS])
def test_slots(folder: Site, lab_type: LabType) -> None:
    """What an older plan still sends there takes a slot of those that were free."""
    catalog = site(lab_type)
    with two_plans(folder) as ledger:
        assert refusal(ledger, catalog, told(slots=4, running=2)) is None
        assert refusal(ledger, catalog, told(slots=4, running=3)) is ReasonCode.QUEUE_FULL
        assert refusal(ledger, catalog, told(slots=None, running=3)) is None
        ledger.give_back("old-0", SOON)
        assert refusal(ledger, catalog, told(slots=4, running=3)) is None


@pytest.mark.parametrize(
    ("params", "context", "reason"),
    [
        ({"cpu": 2}, {"cpu": 8000, "cpu_used": 4000}, None),
        ({"cpu": 2}, {"cpu": 8000, "cpu_used": 4001}, ReasonCode.RESOURCES),
        ({"memory": "3Gi"}, {"memory": 6144}, None),
        ({"memory": "3Gi"}, {"memory": 6143}, ReasonCode.RESOURCES),
        ({}, {"slots": 2}, None),
        ({}, {"slots": 2, "running": 1}, ReasonCode.QUEUE_FULL),
    ],
)
def test_what_a_cluster_shares(
    folder: Site, params: dict[str, Any], context: dict[str, int], reason: ReasonCode | None
) -> None:
    """CPU, memory and Jobs of a context count with what it got since it told of them."""
    catalog = site(LabType.KUBERNETES, **params)
    there = told(contexts={"eu": ContextCapacity(**context), "us": ContextCapacity()})
    with two_plans(folder, "eu") as ledger:
        assert refusal(ledger, catalog, there) is reason
        ledger.give_back("old-0", SOON)
        assert refusal(ledger, catalog, there) is None


def test_a_context_that_went(folder: Site) -> None:
    """A run is for the context that its plan chose: others do not stand in for it."""
    there = told(contexts={"us": ContextCapacity()})
    with two_plans(folder, "eu") as ledger:
        code = refusal(ledger, site(LabType.KUBERNETES), there)
    assert code is ReasonCode.NO_DEVICE


def test_other_contexts_take_nothing(folder: Site) -> None:
    """What goes to one context leaves the room of another as it was."""
    there = told(contexts={"eu": ContextCapacity(slots=1), "us": ContextCapacity(slots=1)})
    with two_plans(folder, "eu") as ledger:
        away = order(ledger).model_copy(update={"context": "us"})
        assert no_room(away, site(LabType.KUBERNETES), there, ledger) is None


def test_jobs_that_are_not_configured_any_more_are_counted_as_runs_only(folder: Site) -> None:
    """Nobody can say what they take; the cluster will."""
    catalog = site(LabType.KUBERNETES).model_copy(update={"jobs": {}})
    there = told(contexts={"eu": ContextCapacity(cpu=1, slots=2)})
    with two_plans(folder, "eu") as ledger:
        assert refusal(ledger, catalog, there) is None

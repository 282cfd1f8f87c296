# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is looked at once more right before a run is sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Capacity,
    Catalog,
    Contact,
    DeviceCapacity,
    LabType,
    Order,
    PlannerSettings,
    Reason,
    ReasonCode,
    RunState,
    Runtime,
    RuntimeCapacity,
    UnknownCapacity,
    Where,
)
from planner.cycle import CycleReport
from planner.cycle.sending import AtSending, remembered_capacity
from planner.events import NodeFile
from planner.ledger import Ledger
from tests.cycle.conftest import SITE, Site
from tests.ledger.nouns import MINUTE, NOW, PLACE, intend, request

LAB = PLACE.runtime
SOON = NOW + MINUTE


def site(**contract: Any) -> Catalog:
    """Return a site whose one lab has such a contract."""
    where = Where(file="site.yaml", line=1)
    settings = PlannerSettings.model_validate({"contracts": {LAB: contract} if contract else {}})
    runtime = Runtime(
        name=LAB,
        lab_type=LabType.LAVA,
        max_queue_depth=1,
        max_queue_depth_priority_factor=1,
        where=where,
    )
    return Catalog(
        paths=(),
        jobs={},
        platforms={},
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        runtimes={LAB: runtime},
        planner=settings,
    )


def told(devices: int = 4, **fields: Any) -> Capacity:
    """Return what the lab told as of the plan."""
    there = {PLACE.device_type: DeviceCapacity(devices=devices, **fields)}
    return Capacity(runtimes={LAB: RuntimeCapacity(runtime=LAB, devices=there, taken=NOW)})


@pytest.fixture
def ledger(site_folder: Site) -> Iterator[Ledger]:
    """Give a ledger in which two plans intend runs, of one job and tree."""
    with site_folder.ledger() as made:
        intend(made, request("old"), at=NOW - MINUTE)
        intend(made, request("new", 2), at=NOW)
        yield made


@pytest.fixture(name="site_folder")
def _site_folder(tmp_path: Any) -> Site:
    return Site(tmp_path)


def refusal(
    ledger: Ledger, catalog: Catalog, capacity: Capacity | None = None, at: datetime = SOON
) -> Reason | None:
    """Return why the first run of the newer plan may not be sent, None if it may."""
    refused = AtSending(catalog, capacity or Capacity(runtimes={}), ledger, lambda: at)
    return refused(_order(ledger, "new-0"))


def _order(ledger: Ledger, run: str) -> Order:
    return next(order for order in ledger.orders() if order.run == run)


def test_hours_that_end_between_plan_and_sending(ledger: Ledger) -> None:
    """A run is not sent any more once it would start in closed hours."""
    closes = f"00:00-{SOON + MINUTE:%H:%M}"
    catalog = site(windows=[closes])
    assert refusal(ledger, catalog) is None
    late = refusal(ledger, catalog, at=SOON + timedelta(seconds=40))  # it starts in 30 s
    closed = refusal(ledger, catalog, at=SOON + MINUTE)
    assert late is not None
    assert closed is not None
    assert late.code is closed.code is ReasonCode.LAB_HOURS


def test_a_quota_that_another_submitter_used_up(ledger: Ledger) -> None:
    """A run that an older plan intended and somebody sent late counts, once it was sent."""
    catalog = site(quotas={"tree": {"mainline": 1}})
    ledger.give_back("new-1", SOON)
    first = refusal(ledger, catalog)
    assert first is not None  # the other one is in hand, and comes first
    ledger.give_back("old-0", SOON)
    assert refusal(ledger, catalog) is None


@pytest.mark.parametrize("by", [{"tree": {"mainline": 1}}, {"job": {"boot": 1}}])
def test_a_quota_counts_what_was_sent_since_the_plan(ledger: Ledger, by: dict[str, Any]) -> None:
    """What was sent before the plan was made is of an earlier cycle, and does not count."""
    catalog = site(quotas=by)
    ledger.give_back("new-1", SOON)
    ledger.mark_submitted("old-0", "17", NOW - timedelta(seconds=1))
    assert refusal(ledger, catalog) is None
    with pytest.raises(ValueError, match="old-0"):
        ledger.give_back("old-0", SOON)


def test_a_quota_of_nothing_and_one_of_somebody_else(ledger: Ledger) -> None:
    """What the contract came to forbid since the plan is not sent; other trees are no matter."""
    never = refusal(ledger, site(quotas={"job": {"boot": 0}}))
    assert never is not None
    assert never.code is ReasonCode.LAB_QUOTA
    assert refusal(ledger, site(quotas={"tree": {"android": 0}, "job": {"ltp": 0}})) is None


def test_the_longest_run(ledger: Ledger) -> None:
    """The plan expected 600 s of it."""
    assert refusal(ledger, site(max_duration=600)) is None
    long = refusal(ledger, site(max_duration=599))
    assert long is not None
    assert long.code is ReasonCode.LAB_DURATION


def test_a_share_that_somebody_else_took(ledger: Ledger) -> None:
    """What was sent since the lab told what it has counts against what the share left."""
    catalog = site(max_share=0.5)
    assert refusal(ledger, catalog, told(4)) is None  # 2 are left, and the older run takes one
    ledger.mark_submitted("old-0", "17", SOON)
    full = refusal(ledger, catalog, told(2))
    assert full is not None
    assert full.code is ReasonCode.LAB_SHARE


def test_a_queue_that_filled_up(ledger: Ledger) -> None:
    """A lab that took one more run when it was asked, and got one since then, gets no other."""
    room = told(4, queue=2)  # one may wait for each
    assert refusal(ledger, site(), room) is None
    ledger.mark_submitted("old-0", "17", SOON)
    full = refusal(ledger, site(), told(4, queue=3))
    assert full is not None
    assert full.code is ReasonCode.QUEUE_FULL
    gone = refusal(ledger, site(), told(0))
    assert gone is not None
    assert gone.code is ReasonCode.NO_DEVICE


def test_nothing_is_known_and_nothing_limited(ledger: Ledger) -> None:
    """Without a contract, or a word of the lab, a plan is what there is."""
    assert refusal(ledger, site()) is None
    nowhere = site().model_copy(update={"runtimes": {}})
    assert refusal(ledger, nowhere, told(0)) is None


@pytest.mark.parametrize(
    ("fields", "meaning", "counts"),
    [
        ({}, UnknownCapacity.OPEN, True),
        ({"failures": 3, "why": "dead"}, UnknownCapacity.OPEN, False),
        ({"failures": 3, "why": "dead"}, UnknownCapacity.LAST_KNOWN, True),
        ({"refused": True, "why": "no"}, UnknownCapacity.OPEN, False),
    ],
)
def test_what_a_lab_told_counts_as_for_plans(
    fields: dict[str, Any], meaning: UnknownCapacity, counts: bool
) -> None:
    """That is what it told last, unless it does not answer and that is declared to mean nothing."""
    last = told(4).runtimes[LAB]
    settings = {"capacity": {LAB: {"source": "lava", "unknown": meaning}}}
    catalog = site().model_copy(update={"planner": PlannerSettings.model_validate(settings)})
    contacts = {LAB: Contact(runtime=LAB, last=last, **fields)}
    known = remembered_capacity(catalog, None, contacts, SOON).runtimes[LAB]
    assert (known.known, known.taken) == ((True, NOW) if counts else (False, None))


def dawdling_cycle(
    folder: Site, ledger: Ledger, event: dict[str, Any], by: timedelta
) -> CycleReport:
    """Do a cycle that begins to send so much later than it planned."""
    planner, begins = folder.planner(ledger), folder.now

    def dawdle(_: int) -> None:
        folder.now = begins + by

    planner._opened = dawdle
    return planner.cycle(folder.batch(event), NodeFile(folder.nodes))


def test_a_cycle_that_is_overtaken_by_the_hour(site_folder: Site) -> None:
    """Runs that were planned in time and are sent too late wait, and it is said for what."""
    begins = site_folder.now
    hours = f'\n  contracts: {{here: {{windows: ["08:00-{begins + MINUTE:%H:%M}"]}}}}\n'
    site_folder.write(SITE + hours)
    event = site_folder.checkout("c1")
    with site_folder.ledger() as ledger:
        report = dawdling_cycle(site_folder, ledger, event, 2 * MINUTE)
        (run,) = report.submission.given_back
        (waiting,) = (one for one in ledger.status().waiting if one.run == run)
    assert waiting.state is RunState.WAITING
    assert waiting.reason is not None
    assert waiting.reason.code is ReasonCode.LAB_HOURS
    assert site_folder.ran() == []


def test_a_plan_past_its_time_is_not_sent_but_planned_again(site_folder: Site) -> None:
    """What was not begun while its plan was good waits, and goes with the next one."""
    site_folder.write(SITE)
    event = site_folder.checkout("c1")
    with site_folder.ledger() as ledger:
        late = dawdling_cycle(site_folder, ledger, event, 60 * MINUTE)
        assert late.submission.given_back
        assert late.submission.submitted == []
        waiting = {one.run: one.reason for one in ledger.status().waiting}
        reasons = [waiting[run] for run in late.submission.given_back]
        assert {reason.code for reason in reasons if reason} == {ReasonCode.NOT_SENT}
        assert all(reason and "the plan was good until" in reason.text for reason in reasons)
        assert site_folder.ran() == []
        again = site_folder.planner(ledger).cycle(site_folder.batch(), None, wait=True)
        assert sorted(again.submission.submitted) == sorted(late.submission.given_back)
    assert len(site_folder.ran()) == len(again.submission.submitted)

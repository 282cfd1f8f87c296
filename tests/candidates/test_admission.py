# SPDX-License-Identifier: LGPL-2.1-or-later
"""What admission lets through, and the reason that it gives for everything else."""

from datetime import timedelta
from typing import Any

import pytest

from models import (
    Demand,
    DeviceCapacity,
    Pin,
    Place,
    Reason,
    ReasonCode,
    ReasonTier,
    Rejection,
    Runs,
    RuntimeCapacity,
    SentRun,
    UnknownCapacity,
)
from planner.candidates import Admission, admit
from planner.estimates import Pace, Signature
from tests.candidates.site import NOW, capacity, lava, request, site
from tests.estimates.past import history, ran

IDLE = DeviceCapacity(devices=1)


def rejected(admission: Admission) -> list[tuple[str, ReasonCode]]:
    """Return (platform, code) of what the first request was refused."""
    return [(r.platform or "", r.reason.code) for r in admission.rejections[0]]


def test_a_place_that_nothing_forbids_is_a_candidate() -> None:
    """The candidate carries its place, the queue that it joins and what it is expected to take."""
    admission = admit(site(), [request("lava/juno")], capacity(lava(juno=IDLE)))
    ((candidate,),) = admission.candidates
    assert candidate.place == Place(runtime="lava", platform="juno", device_type="juno")
    assert admission.queues[candidate.queue].device_type == "juno"
    assert candidate.estimate.duration_s > 0
    assert admission.rejections == ((),)


@pytest.mark.parametrize(
    ("devices", "said"),
    [({"rk3399": IDLE}, "has no juno"), ({"juno": DeviceCapacity(devices=0)}, "no juno online")],
)
def test_no_device(devices: dict[str, DeviceCapacity], said: str) -> None:
    """A device type that the lab does not have, or has offline, is impossible."""
    admission = admit(site(), [request("lava/juno")], capacity(lava(**devices)))
    assert rejected(admission) == [("juno", ReasonCode.NO_DEVICE)]
    assert said in admission.rejections[0][0].reason.text
    assert admission.candidates == ((),), "a request without candidates waits"


def test_a_runtime_without_slots_has_no_device() -> None:
    """A shell that may run nothing at all takes nothing."""
    nothing = capacity(RuntimeCapacity(runtime="shell", slots=0))
    admission = admit(site(), [request("shell/minnow")], nothing)
    assert rejected(admission) == [("minnow", ReasonCode.NO_DEVICE)]


@pytest.mark.parametrize("meaning", [UnknownCapacity.CLOSED, UnknownCapacity.LAST_KNOWN])
def test_runtime_closed(meaning: UnknownCapacity) -> None:
    """An unknown capacity that does not mean open closes the runtime, and says what it means."""
    unknown = capacity(RuntimeCapacity(runtime="lava", known=False, unknown=meaning))
    admission = admit(site(), [request("lava/juno")], unknown)
    assert rejected(admission) == [("juno", ReasonCode.RUNTIME_CLOSED)]
    assert meaning in admission.rejections[0][0].reason.text


def test_an_unknown_capacity_is_open_unless_declared_otherwise() -> None:
    """Without any capacity everything is admitted."""
    admission = admit(site(), [request("lava/juno", "shell/minnow", "cloud/minnow")])
    assert len(admission.candidates[0]) == 3


def test_deadline() -> None:
    """A queue longer than the time left is impossible, with both figures."""
    long = DeviceCapacity(devices=1, queue=50, running=1)
    admission = admit(site(), [request("lava/juno", hours=1)], capacity(lava(juno=long)))
    assert rejected(admission) == [("juno", ReasonCode.DEADLINE)]
    assert "within 3600 s" in admission.rejections[0][0].reason.text


def test_a_queue_that_is_short_enough_is_admitted() -> None:
    """The same queue is no obstacle for a request with days left."""
    long = DeviceCapacity(devices=1, queue=50, running=1)
    admission = admit(site(), [request("lava/juno", hours=48)], capacity(lava(juno=long)))
    assert len(admission.candidates[0]) == 1


def test_what_the_configuration_no_longer_has_is_said_and_costs_nothing_else() -> None:
    """A backlog may name a runtime or platform that a newer configuration dropped."""
    admission = admit(
        site(), [request("gone/juno", "lava/gone", "lava/juno")], capacity(lava(juno=IDLE))
    )
    assert rejected(admission) == [
        ("juno", ReasonCode.UNKNOWN_RUNTIME),
        ("gone", ReasonCode.UNKNOWN_PLATFORM),
    ]
    assert [c.place.platform for c in admission.candidates[0]] == ["juno"]


def test_a_job_that_is_no_longer_defined_is_an_error_of_its_request() -> None:
    """Nothing but the configuration can serve it; other requests go on."""
    admission = admit(site(), [request("lava/juno", job="gone"), request("lava/juno", key="r1")])
    assert [e.reason.code for e in admission.errors] == [ReasonCode.UNKNOWN_JOB]
    assert [r.key for r in admission.requests] == ["r1"]


def test_an_error_of_demand_stays_an_error() -> None:
    """What demand could not make sense of is reported, not solved."""
    few = Reason.of(ReasonCode.TOO_FEW_VARIANTS, "2 device types for 3 runs")
    admission = admit(site(), [request("lava/juno", error=few)])
    assert [e.reason for e in admission.errors] == [few]
    assert admission.requests == ()


@pytest.mark.parametrize(
    ("code", "errors", "excluded"),
    [(ReasonCode.UNKNOWN_PLATFORM, 1, 0), (ReasonCode.PLATFORM_RULE, 0, 1)],
)
def test_no_place_at_all_is_an_error_or_a_wish_of_the_filters(
    code: ReasonCode, errors: int, excluded: int
) -> None:
    """Misconfigured places make an error, excluded ones only mean that nobody wants the run."""
    refused = Rejection(runtime="lava", platform="juno", reason=Reason.of(code, "no"))
    admission = admit(site(), [request(rejections=(refused,))])
    assert (len(admission.errors), len(admission.excluded)) == (errors, excluded)
    assert admission.requests == ()


def test_a_request_that_was_sent_completely_is_done() -> None:
    """Nothing is left to place; part of it left keeps it going."""
    sent = tuple(
        SentRun(index=i, runtime="lava", platform="juno", device_type="juno") for i in range(2)
    )
    done = request("lava/juno", runs=Runs(number=2), sent=sent)
    half = request("lava/juno", key="r1", runs=Runs(number=3), sent=sent)
    assert [r.key for r in admit(site(), [done, half]).requests] == ["r1"]


def test_slots_of_a_runtime_are_one_total_over_all_its_device_types() -> None:
    """Each queue of the shell could take both slots; together they take what is free."""
    shell = RuntimeCapacity(runtime="shell", slots=2, running=1)
    admission = admit(site(), [request("shell/minnow", "shell/juno")], capacity(shell))
    assert [queue.ceiling(20) for queue in admission.queues] == [1, 1]
    assert admission.totals == {"shell": 1}


@pytest.mark.parametrize(
    ("runtime", "total"),
    [
        (RuntimeCapacity(runtime="lava", devices={"juno": IDLE}), None),
        (RuntimeCapacity(runtime="lava", devices={"juno": IDLE}, max_runs=7), 7),
        (RuntimeCapacity(runtime="lava", devices={"juno": IDLE}, slots=3, max_runs=7), 3),
        (RuntimeCapacity(runtime="lava", devices={"juno": IDLE}, slots=3, running=5), 0),
        (RuntimeCapacity(runtime="lava", known=False, max_runs=7), 7),
    ],
)
def test_totals_are_the_smaller_limit(runtime: RuntimeCapacity, total: int | None) -> None:
    """Free slots and the runs of one cycle limit a runtime, whichever is less."""
    admission = admit(site(), [request("lava/juno")], capacity(runtime))
    assert admission.totals.get("lava") == total


def test_service_is_the_mean_of_what_may_come() -> None:
    """Waits are counted in the mean duration of the candidates of a queue."""
    places: dict[str, Any] = {
        "estimates": {
            "defaults": {
                "places": [
                    {"job": "baseline", "platform": "juno", "duration": 100},
                    {"job": "baseline", "platform": "rk3399", "duration": 301},
                ]
            }
        }
    }
    board = Place(runtime="lava", platform="rk3399", device_type="juno")
    both = request("lava/juno")
    both = both.model_copy(update={"candidates": (*both.candidates, board)})
    admission = admit(site(**places), [both], capacity(lava(juno=IDLE)))
    assert len(admission.queues) == 1
    assert [paces.usual for paces in admission.paces] == [Pace(0, 200)]


def test_a_history_changes_what_runs_are_expected_to_take() -> None:
    """The wait is counted in what earlier runs took, and the candidate carries it."""
    at = Signature("baseline", "juno", "lava")
    past = history(ran(60, at) for _ in range(100))
    admission = admit(site(), [request("lava/juno")], capacity(lava(juno=IDLE)), history=past)
    ((candidate,),) = admission.candidates
    assert 60 < candidate.estimate.duration_s < 70
    assert 60 <= admission.paces[0].usual.service_s <= candidate.estimate.duration_s


def test_who_would_be_overtaken_until_its_deadline_is_over_waits_in_the_backlog() -> None:
    """Another run may go there at the same time, for it is more urgent."""
    at = Signature("baseline", "juno", "lava")

    def waited(seconds: float, priority: int) -> dict[str, Any]:
        run = ran(600, at, expected_queue_s=1200, priority=priority)
        return {**run, "submitted": run["started"] - timedelta(seconds=seconds)}

    busy = DeviceCapacity(devices=1, running=1)
    past = history(waited(*one) for one in [(20_000, 20), (600, 80)] * 50)
    wanted = [
        request("lava/juno", key="low", hours=2),
        request("lava/juno", key="high", hours=2, priority=80),
    ]
    admission = admit(site(), wanted, capacity(lava(juno=busy)), history=past, now=NOW)
    assert [len(found) for found in admission.candidates] == [0, 1]
    assert [one.reason.code for one in admission.rejections[0]] == [ReasonCode.DEADLINE]


def test_now_is_the_time_of_the_newest_request_unless_given() -> None:
    """A recorded batch is planned as of its own time."""
    newer = request("lava/juno", key="r1", created=NOW + timedelta(minutes=5))
    demand = Demand(requests=(request("lava/juno"), newer))
    assert admit(site(), demand).now == newer.created
    assert admit(site(), demand, now=NOW).now == NOW


def test_an_empty_batch_is_admitted() -> None:
    """Nothing wanted is not an error."""
    assert admit(site(), []).requests == ()


def test_every_no_is_in_its_tier() -> None:
    """The tiers of what admission itself says are those of the closed list."""
    admission = admit(site(), [request("gone/juno", "lava/juno")], capacity(lava(rk3399=IDLE)))
    tiers = [r.reason.tier for r in admission.rejections[0]]
    assert tiers == [ReasonTier.MISCONFIGURED, ReasonTier.IMPOSSIBLE]


def test_a_later_choice_is_asked_after_its_time() -> None:
    """The second runtime of a ladder is no candidate until the request has waited long enough."""
    wish = request("lava/juno", "cloud/juno")
    later = wish.candidates[1].model_copy(update={"after_s": 1800})
    wish = wish.model_copy(update={"candidates": (wish.candidates[0], later)})
    early = admit(site(), [wish], now=NOW + timedelta(seconds=1799))
    assert [c.place.runtime for c in early.candidates[0]] == ["lava"]
    (rejection,) = early.rejections[0]
    assert (rejection.reason.code, rejection.reason.tier) == ("later_choice", ReasonTier.WAITING)
    assert "cloud is a later choice, asked from 2026-08-01 12:30:00 UTC on" in rejection.reason.text
    late = admit(site(), [wish], now=NOW + timedelta(seconds=1800))
    assert [c.place.runtime for c in late.candidates[0]] == ["lava", "cloud"]


def test_pins_of_operators_hold_together() -> None:
    """Two that contradict each other leave no place, and each refuses what it does not admit."""
    wish = request("lava/juno", "shell/juno", key="4be02f7a0")
    pins = [{"request": "4be02f7", "runtime": name} for name in ("lava", "shell")]
    admission = admit(site(pins=pins), [wish])
    assert admission.candidates == ((),)
    refused = {r.runtime: r.reason.text for r in admission.rejections[0]}
    assert refused == {
        "lava": "the request is pinned to shell",
        "shell": "the request is pinned to lava",
    }


@pytest.mark.parametrize(
    ("pin", "left"),
    [
        ({"runtime": "lava"}, ["lava/juno", "lava/rk3399"]),
        ({"platform": "juno"}, ["lava/juno", "shell/juno"]),
        ({"runtime": "lava", "platform": "juno"}, ["lava/juno"]),
        ({"runtime": "cloud"}, []),
        ({"device_type": "rk3399"}, ["lava/rk3399"]),
    ],
)
@pytest.mark.parametrize("operator", [True, False])
def test_a_pinned_request_goes_there_or_waits(
    pin: dict[str, str], left: list[str], operator: bool
) -> None:
    """Whoever pins it: other places are refused, and an operator's word goes before the node's."""
    wish = request("lava/juno", "lava/rk3399", "shell/juno", key="4be02f7a0")
    if operator:
        wish = wish.model_copy(update={"pin": Pin(runtime="nowhere")})
        catalog = site(pins=[{"request": "4be02f7", **pin}, {"request": "0000000", "runtime": "x"}])
    else:
        wish, catalog = wish.model_copy(update={"pin": Pin(**pin)}), site()
    admission = admit(catalog, [wish])
    places = [f"{c.place.runtime}/{c.place.platform}" for c in admission.candidates[0]]
    assert places == left
    refused = admission.rejections[0]
    assert len(refused) == 3 - len(left)
    assert {r.reason.code for r in refused} <= {ReasonCode.PINNED}

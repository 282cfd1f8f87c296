# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bad health does to the places of requests."""

from models import DeviceCapacity, ReasonCode
from planner.candidates import Admission, admit
from planner.estimates import Signature
from tests.candidates.site import capacity, lava, request, site
from tests.estimates.past import history, ran

HERE = Signature("baseline", "juno", "lava")


def admitted(bad: int, *, under_way: int = 0, days: float = 0) -> Admission:
    """Return the admission after that many spoiled runs on juno, and many good ones elsewhere."""
    spoiled = [ran(60, HERE, infrastructure=True, days=days + k / 1000) for k in range(bad)]
    other = Signature("baseline", "rk3399", "lava")
    good = [ran(60, other, days=days + k / 10_000) for k in range(60)]
    devices = {"juno": DeviceCapacity(devices=9), "rk3399": DeviceCapacity(devices=9)}
    return admit(
        site(),
        [request("lava/juno", "lava/rk3399")],
        capacity(lava(**devices)),
        history=history([*spoiled, *good]),
        under_way={("lava", "juno"): under_way},
    )


def test_a_device_type_that_spoils_runs_becomes_dear() -> None:
    """A result there is expected later, and the place is told to be dear."""
    bad, good = admitted(2).candidates[0]
    assert bad.estimate.result_s > 1.2 * bad.estimate.duration_s
    assert good.estimate.result_s < 1.2 * good.estimate.duration_s


def test_then_it_gets_few_runs() -> None:
    """Those that are under way count."""
    queues = {queue.device_type: queue for queue in admitted(8, under_way=1).queues}
    assert (queues["juno"].ceiling(50), queues["rk3399"].most) == (1, None)


def test_then_it_is_left_out_with_the_reason() -> None:
    """Until its rest is over; then it gets a single run."""
    now = admitted(14)
    assert [c.place.platform for c in now.candidates[0]] == ["rk3399"]
    assert [r.reason.code for r in now.rejections[0]] == [ReasonCode.UNHEALTHY]
    assert "lava/juno is left out" in now.rejections[0][0].reason.text
    rested = admitted(14, days=2)
    assert {queue.device_type: queue.most for queue in rested.queues}["juno"] == 1

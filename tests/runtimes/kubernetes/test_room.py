# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is left of a cluster."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.runtimes.kubernetes.room import Amount, pod_request, room
from tests.runtimes.kubernetes.objects import asking, ended, job, node, pod, quota

ONE = Amount(1000, 1024, 1)


def test_requests_of_live_pods_are_taken() -> None:
    """What is free is what nodes can give minus what their pods ask for, run or not."""
    left = room([node("n1"), node("n2", "3920m", "7895Mi")], [pod(on="n1"), pod(on="n2")], [], [])
    assert left.total == Amount(11920, 16384 + 7895, 220)
    assert left.free == Amount(9920, 16384 + 7895 - 2048, 218)
    assert left.holds(ONE) == 7 + 2
    assert left.waiting == 0


@pytest.mark.parametrize(
    "away",
    [
        node("n2", spec={"unschedulable": True}),
        node("n2", spec={"taints": [{"key": "k", "effect": "NoSchedule"}]}),
        node("n2", spec={"taints": [{"key": "k", "effect": "NoExecute"}]}),
        node("n2", ready="False"),
        node("n2", ready="Unknown"),
    ],
)
def test_nodes_that_take_no_pods(away: dict[str, Any]) -> None:
    """A node that is cordoned, tainted or not ready gives nothing, and its pods take nothing."""
    assert room([node(), away], [pod(on="n2")], [], []) == room([node()], [], [], [])


def test_a_taint_that_only_prefers() -> None:
    """A node is used that others are merely preferred to."""
    taints = [{"key": "k", "effect": "PreferNoSchedule"}]
    assert room([node(spec={"taints": taints})], [], [], []).total.cpu == 8000


def test_pods_that_wait() -> None:
    """A pod that no node has taken yet takes its room, unless no node could ever hold it."""
    left = room([node()], [pod(on=None), pod(on=None, spec=asking("9"))], [], [])
    assert (left.free.cpu, left.waiting) == (7000, 2)


def test_our_jobs() -> None:
    """A Job whose pod was not made yet takes room; one with a pod counts once; ended ones not."""
    jobs = [job("bare"), job("bound"), job("waits"), job("over", **ended("Complete"))]
    left = room([node()], [pod("p1", of="bound"), pod("p2", on=None, of="waits")], [], jobs)
    assert (left.free.cpu, left.running, left.waiting) == (5000, 1, 2)


@pytest.mark.parametrize(
    ("hard", "used", "holds"),
    [
        ({"pods": "3"}, {"pods": "1"}, 1),
        ({"count/jobs.batch": "3"}, {"count/jobs.batch": "1"}, 2),
        ({"requests.cpu": "4"}, {"requests.cpu": "1500m"}, 1),
        ({"cpu": "4", "requests.memory": "3Gi"}, {}, 2),
        ({"pods": "1"}, {"pods": "4"}, 0),
        ({"secrets": "0"}, {}, 7),
    ],
)
def test_quotas(hard: dict[str, str], used: dict[str, str], holds: int) -> None:
    """The tightest quota counts; Jobs without a pod are not in it yet, unless it is on Jobs."""
    assert room([node()], [], [quota(hard, used)], [job("bare")]).holds(ONE) == holds


def test_quotas_of_other_pods() -> None:
    """A quota on pods with a deadline, or on those that ask for nothing, is not for our Jobs."""
    by_class = {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "Exists"}]}
    quotas = [
        quota({"pods": "0"}, scopes=["Terminating"]),
        quota({"pods": "0"}, scopes=["BestEffort"]),
        quota({"pods": "0"}, scopeSelector=by_class),
    ]
    assert room([node()], [], quotas, []).holds(ONE) == 8
    assert room([node()], [], [quota({"pods": "0"}, scopes=["NotTerminating"])], []).holds(ONE) == 0


def test_request_of_a_pod() -> None:
    """Containers add up; a first step counts where it asks for more, a sidecar always."""
    spec = {
        "containers": [
            {"resources": {"requests": {"cpu": "100m"}, "limits": {"cpu": "1", "memory": "1Gi"}}},
            {"resources": {"requests": {"cpu": "0.0001"}}},
            {},
        ],
        "initContainers": [
            {"resources": {"requests": {"cpu": "3", "memory": "1"}}},
            {"restartPolicy": "Always", "resources": {"requests": {"memory": "1Mi"}}},
        ],
        "overhead": {"cpu": "5m"},
    }
    assert pod_request(spec) == Amount(3005, 1025, 1)


_numbers = st.integers(0, 20)


@given(
    st.lists(st.tuples(_numbers, _numbers), max_size=4),
    st.lists(st.tuples(_numbers, _numbers), max_size=9),
)
def test_nobody_gains_by_another_pod(
    nodes: list[tuple[int, int]], pods: list[tuple[int, int]]
) -> None:
    """There is never less than nothing left, and one more pod never leaves more."""
    machines = [node(f"n{i}", str(cpu), f"{mem}Gi") for i, (cpu, mem) in enumerate(nodes)]
    lives = [
        pod(on=f"n{i}" if i < len(nodes) else None, spec=asking(str(cpu), f"{mem}Gi"))
        for i, (cpu, mem) in enumerate(pods)
    ]
    rooms = [room(machines, lives[:number], [], []) for number in range(len(lives) + 1)]
    for before, after in pairwise(rooms):
        assert all(0 <= a <= b for a, b in zip(after.free, before.free, strict=True))
        assert after.holds(ONE) <= before.holds(ONE)
    for each in rooms:
        assert each.without(ONE).holds(ONE) <= each.holds(ONE)

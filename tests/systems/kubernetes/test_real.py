# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runtime against real API servers, controllers and schedulers."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import yaml

from models import RunState
from planner.runtimes.errors import NoAccessError, NotSentError
from planner.runtimes.kubernetes import KubernetesRuntime
from tests.runtimes.conftest import NOW, dispatch
from tests.systems.kubernetes.conftest import (
    Cluster,
    finished,
    order_for,
    runtime,
    sent_to,
    until,
)
from tests.systems.kubernetes.servers import TOKENS, WRONG, ControlPlanes

Clusters = dict[str, Cluster]


def definition(cpu: str | int = "1", memory: str = "1Gi", **annotations: str) -> str:
    """Return a Job; the annotations tell the kubelet of the tests what to do."""
    noted = {f"test/{key}": value for key, value in annotations.items()}
    container = {
        "name": "main",
        "image": "busybox",
        "command": ["true"],
        "resources": {"requests": {"cpu": cpu, "memory": memory}},
    }
    return yaml.safe_dump(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "spec": {
                "template": {
                    "metadata": {"annotations": noted},
                    "spec": {"containers": [container]},
                }
            },
        }
    )


def places(way: KubernetesRuntime) -> dict[str, int]:
    """Return how many runs of 1 CPU and 1 GiB each context has room for."""
    contexts = way.snapshot(NOW, ()).contexts or {}
    return {
        name: min(
            (each.slots or 0) - each.running,
            ((each.cpu or 0) - each.cpu_used) // 1000,
            ((each.memory or 0) - each.memory_used) // 1024,
        )
        for name, each in contexts.items()
    }


def to_send(run: str, context: str | None = None) -> Any:
    """Return a run on its way."""
    return dispatch(run).model_copy(update={"order": order_for(run, context)})


def test_jobs_that_complete_and_fail(clusters: Clusters) -> None:
    """Runs end as their containers do; what the node did to one is the place's fault."""
    clusters["north"].add_node("n1", "8", "16Gi")
    way = runtime("north")
    way.submit(to_send("a0-0"), definition())
    way.submit(to_send("a0-1"), definition(exit="3"))
    way.submit(to_send("a0-2"), definition(evicted="yes"))
    way.submit(to_send("a0-3"), definition(1))  # a number, as YAML has it
    found = finished(way, "a0-0", "a0-1", "a0-2", "a0-3")
    assert [each.result for each in found.values()] == ["pass", "fail", "incomplete", "pass"]
    assert [each.exit_status for each in found.values()] == [0, 3, None, 0]
    assert [each.infrastructure for each in found.values()] == [False, False, True, False]
    assert "Evicted" in str(found["a0-2"].detail)
    for each in (found["a0-0"], found["a0-1"]):
        assert each.started is not None
        assert each.ended is not None
        assert each.started <= each.ended


def test_capacity(clusters: Clusters) -> None:
    """Allocatable minus requests; nodes that are tainted or cordoned, and pods that wait, count."""
    north, south = clusters["north"], clusters["south"]
    north.add_node("n1", "3920m", "7895Mi")
    north.add_node("n2", "8", "16Gi", unschedulable=True)
    north.add_node("n3", "8", "16Gi", taints=[{"key": "k", "effect": "NoSchedule"}])
    south.add_node("n4", "4", "8Gi")
    way = runtime()
    assert places(way) == {"north": 3, "south": 4}
    way.submit(to_send("b0-0", "south"), definition("2", "1Gi", seconds="600"))
    way.submit(to_send("b0-1", "south"), definition("3", "1Gi"))  # waits for the first
    way.submit(to_send("b0-2", "north"), definition("5", "1Gi"))  # waits for ever
    until(lambda: way.observe([sent_to("b0-0", "south")])[0].state is RunState.STARTED)
    until(lambda: "Unschedulable" in str(way.observe([sent_to("b0-1", "south")])[0].detail))
    assert places(way) == {"north": 3, "south": 0}
    assert way.snapshot(NOW, ()).running == 1
    way.cancel(sent_to("b0-0", "south"))
    found = finished(way, "b0-0", "b0-1")
    assert (found["b0-0"].result, found["b0-0"].detail) == ("incomplete", "cancelled")
    assert found["b0-1"].result == "pass"
    until(lambda: places(way) == {"north": 3, "south": 4})


def test_sending_twice(clusters: Clusters) -> None:
    """A run that is sent again by several at once is one Job."""
    clusters["south"].add_node("n1", "8", "16Gi")
    answers = []

    def send() -> None:
        answers.append(runtime().submit(to_send("c0-0", "south"), definition()))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["kci-c0-0"] * 4
    assert runtime().submit(to_send("c0-0"), definition()) == "kci-c0-0"
    assert runtime().find(order_for("c0-0")) == "kci-c0-0"
    assert (len(clusters["north"].jobs()), len(clusters["south"].jobs())) == (0, 1)


def test_quota_on_jobs(clusters: Clusters) -> None:
    """A quota on Jobs is known before, and a Job above it waits."""
    clusters["north"].add_node("n1", "8", "16Gi")
    clusters["north"].add_quota(count_per_jobs__batch="1")
    way = runtime("north")
    assert places(way) == {"north": 1}
    way.submit(to_send("d0-0"), definition())
    with pytest.raises(NotSentError, match="exceeded quota"):
        way.submit(to_send("d0-1"), definition())
    finished(way, "d0-0")


@pytest.mark.parametrize("hard", [{"pods": "2"}, {"requests__cpu": "2", "requests__memory": "9Gi"}])
def test_quota_on_pods_and_compute(clusters: Clusters, hard: dict[str, str]) -> None:
    """A quota on pods, or what they ask for, is known before; Jobs above it wait for their pod."""
    clusters["north"].add_node("n1", "8", "16Gi")
    clusters["north"].add_quota(**hard)
    way = runtime("north")
    assert places(way) == {"north": 2}
    runs = [f"e0-{number}" for number in range(3)]
    for run in runs:
        way.submit(to_send(run), definition(seconds="3"))
    until(lambda: sum(pod.status.phase == "Running" for pod in clusters["north"].pods()) == 2)
    assert places(way) == {"north": 0}
    assert way.snapshot(NOW, ()).running == 2
    states = [each.state for each in way.observe([sent_to(run) for run in runs])]
    assert sorted(states) == [RunState.STARTED, RunState.STARTED, RunState.SUBMITTED]
    later = runtime("north", ahead=timedelta(minutes=1)).observe([sent_to(run) for run in runs])
    (waits,) = (each for each in later if each.state is RunState.SUBMITTED)
    assert "no pod: " in str(waits.detail)
    assert "exceeded quota: q" in str(waits.detail)


def test_wrong_token(clusters: Clusters) -> None:
    """A token that is not accepted, or may not, is told of, and is not in the text."""
    clusters["south"].add_node("n1", "4", "8Gi")
    for user, text in (("wrong", "401.*not accepted"), ("viewer", "403.*cannot")):
        context = f"north-{user}"
        way = runtime(context, "south")
        with pytest.raises(NotSentError, match=text) as refused:
            way.submit(to_send("f0-0", context), definition())
        assert not any(token in str(refused.value) for token in (WRONG, *TOKENS.values()))
        assert places(way) == {"south": 4}
        with pytest.raises(OSError, match=text):
            way.find(order_for("f0-0"))
    assert clusters["north"].jobs() == []


def test_rights(clusters: Clusters) -> None:
    """Each context tells whether it lets us in, and what is missing, as `doctor` shows it."""
    assert re.search("north: Kubernetes v1.*'jobs'; south: Kubernetes v1", runtime().check())
    with pytest.raises(NoAccessError, match=r"401.*not accepted"):
        runtime("north-wrong").check()
    with pytest.raises(
        NoAccessError, match=r"create jobs\.batch, .* in namespace 'jobs', and list"
    ):
        runtime("north-viewer").check()
    assert clusters["north"].jobs() == []


def test_image_that_is_not_there(clusters: Clusters) -> None:
    """Why a run does not start is told while it waits, and ends it after ten minutes."""
    clusters["north"].add_node("n1", "8", "16Gi")
    way = runtime("north")
    way.submit(to_send("g0-0"), definition(stuck="ImagePullBackOff"))
    until(lambda: "ImagePullBackOff" in str(way.observe([sent_to("g0-0")])[0].detail))
    assert way.observe([sent_to("g0-0")])[0].state is RunState.SUBMITTED
    runtime("north", ahead=timedelta(minutes=11)).observe([sent_to("g0-0")])
    found = finished(way, "g0-0")["g0-0"]
    assert (found.result, found.infrastructure) == ("incomplete", True)
    assert "ImagePullBackOff" in str(found.detail)


def test_server_that_dies(clusters: Clusters, planes: ControlPlanes) -> None:
    """While a server dies every request has its answer or an OSError; then it is as before."""
    for number, cluster in enumerate(clusters.values()):
        cluster.add_node(f"n{number}", "8", "16Gi")
    way = runtime()
    runs = {f"ab{number:02}-0": "north" for number in range(30)} | {"cd-0": "south"}
    for run, context in runs.items():
        way.submit(to_send(run, context), definition(seconds="2"))
    errors: list[Exception] = []
    over = threading.Event()

    def ask() -> None:
        alone = runtime("north")
        while not over.is_set():
            try:
                alone.observe([sent_to(run, "north") for run in runs if run != "cd-0"])
            except Exception as error:
                errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        planes.kill_api("north")
        until(lambda: errors)
        (left,) = way.observe([sent_to(run, context) for run, context in runs.items()])
        assert left.run == "cd-0"
        assert list(places(way)) == ["south"]
        with pytest.raises(NotSentError, match="north: no server"):
            way.submit(to_send("ef-0", "north"), definition())
        with pytest.raises(OSError, match="north"):
            way.find(order_for("ef-0"))
    finally:
        over.set()
        thread.join()
        planes.start_api("north")
        planes.wait_for_api("north")
    assert all(isinstance(error, OSError) for error in errors)
    assert {each.result for each in finished(way, *runs).values()} == {"pass"}

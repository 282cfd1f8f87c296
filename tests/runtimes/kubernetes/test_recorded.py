# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exchanges recorded with a real API server: each that the planner can make is made again."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from kubernetes.utils import parse_quantity

from models import RunState
from planner.runtimes.kubernetes.cluster import Cluster, RefusedError
from planner.runtimes.kubernetes.outcome import outcome, waits_for
from planner.runtimes.kubernetes.room import room
from tests.runtimes.kubernetes.double import replay, serving, write_kubeconfig

SCENARIOS = range(1, 48)
JOBS = re.compile(r"/apis/batch/v1/namespaces/([^/]+)/jobs(?:/([^/]+))?")
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
CORE = re.compile(r"/api/v1(?:/namespaces/([^/]+))?/(nodes|pods|resourcequotas)")


@pytest.fixture(scope="module")
def scenarios(shared: Path) -> dict[int, Any]:
    """Give what was recorded, by the number of its scenario."""
    files = sorted((shared / "kubernetes/samples").glob("[0-9]*.json"))
    if not files:
        pytest.skip("no recorded scenarios of Kubernetes among the reference data")
    return {int(path.name[:2]): json.loads(path.read_text("utf-8")) for path in files}


def call_for(asked: dict[str, Any]) -> Callable[[Cluster], Any] | None:
    """Return the request of the planner that is the recorded one, None if it makes none such."""
    method, path, body = asked["method"], asked["path"], asked["body"]
    if method == "GET" and (match := CORE.fullmatch(path)):
        calls: dict[str, Callable[[Cluster], Any]] = {
            "nodes": Cluster.nodes,
            "pods": (lambda cluster: cluster.pods("a")) if match[1] else Cluster.live_pods,
            "resourcequotas": Cluster.quotas,
        }
        return calls[match[2]]
    if (method, path) == ("POST", REVIEWS):
        return lambda cluster: cluster.may("create", "jobs", "batch", everywhere=False)
    if path == "/version/":
        return Cluster.version
    if match := JOBS.fullmatch(path):
        name = match[2]
        if method == "POST":
            return lambda cluster: cluster.create(body)
        if method == "GET" and name:
            return lambda cluster: cluster.job(name)
        if method == "GET":
            return lambda cluster: cluster.jobs("a")
    return None


def is_ours(exchange: dict[str, Any]) -> bool:
    """Tell whether the planner could make this exchange."""
    streamed = isinstance(exchange.get("response", {}).get("body", ""), str)
    return not streamed and call_for(exchange["request"]) is not None


def bodies(scenarios: dict[int, Any], number: int, kind: str) -> list[Any]:
    """Return the recorded answers of one kind in a scenario."""
    answers = [each["response"]["body"] for each in scenarios[number]["exchanges"]]
    return [body for body in answers if isinstance(body, dict) and body.get("kind") == kind]


@pytest.mark.shared
@pytest.mark.parametrize("number", SCENARIOS)
def test_made_again(
    scenarios: dict[int, Any], number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the server gives arrives as it was given, and each error with its meaning."""
    ours = deepcopy([each for each in scenarios[number]["exchanges"] if is_ours(each)])
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    with serving(replay(ours)) as url:
        write_kubeconfig(tmp_path / "kubeconfig", {"it": url})
        for exchange in ours:
            call, answer = call_for(exchange["request"]), exchange["response"]
            namespace = re.search("/namespaces/([^/]+)", exchange["request"]["path"])
            cluster = Cluster("it", namespace[1] if namespace else None, 5)
            body = answer["body"]
            assert call is not None
            if exchange["request"]["query"].get("limit") and body["metadata"].get("continue"):
                body["metadata"].pop("continue")  # the pages are read together, in another test
            if (
                answer["status"] == 404
                and JOBS.fullmatch(exchange["request"]["path"])
                and (exchange["request"]["method"] == "GET")
            ):
                assert call(cluster) is None
            elif answer["status"] >= 400:
                with pytest.raises(RefusedError) as refused:
                    call(cluster)
                assert (refused.value.status, refused.value.reason) == (
                    body["code"],
                    body["reason"],
                )
                assert refused.value.is_taken == (body["reason"] == "AlreadyExists")
                assert body["message"].partition(", error found in")[0] in str(refused.value)
            elif exchange["request"]["path"] == REVIEWS:
                assert call(cluster) is body["status"]["allowed"]
            elif exchange["request"]["path"] == "/version/":
                assert call(cluster) == body["gitVersion"]
            elif exchange["request"]["method"] == "POST":
                call(cluster)
            else:
                assert call(cluster) == body.get("items", body)


@pytest.mark.shared
def test_how_many_can_be_made(scenarios: dict[int, Any]) -> None:
    """The record is whole, and most of its scenarios have something that the planner does."""
    assert list(scenarios) == list(SCENARIOS)
    ours = [n for n, each in scenarios.items() if any(map(is_ours, each["exchanges"]))]
    assert len(ours) >= 25


@pytest.mark.shared
def test_pages(scenarios: dict[int, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list in two pages is one list."""
    lists = [
        each
        for each in scenarios[27]["exchanges"]
        if each["request"]["method"] == "GET" and "limit" in each["request"]["query"]
    ]
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    with serving(replay(lists)) as url:
        write_kubeconfig(tmp_path / "kubeconfig", {"it": url})
        found = Cluster("it", "jobs", 5).jobs("gen=1")
    assert len(found) == sum(len(each["response"]["body"]["items"]) for each in lists) == 3


@pytest.mark.shared
def test_room_of_recorded_nodes(scenarios: dict[int, Any]) -> None:
    """Tainted and cordoned nodes are left out, and what live pods ask for is taken off."""
    (nodes,) = (each["items"] for each in bodies(scenarios, 5, "NodeList"))
    (live,) = (each["items"] for each in bodies(scenarios, 13, "PodList"))
    cordoned = bodies(scenarios, 36, "Node")[0]
    usable = [each for each in nodes if not each["spec"].get("taints")]
    assert 0 < len(usable) < len(nodes)

    def cpu(objects: list[Any]) -> int:
        return sum(
            int(parse_quantity(each["status"]["allocatable"]["cpu"]) * 1000) for each in objects
        )

    whole = room(nodes, [], [], [])
    assert whole.total.cpu == whole.free.cpu == cpu(usable)
    left = room(nodes, live, [], [])
    asked = [
        parse_quantity(container["resources"]["requests"]["cpu"])
        for pod in live
        for container in pod["spec"]["containers"]
    ]
    assert asked
    assert left.free.cpu == cpu(usable) - int(sum(asked) * 1000)
    without = [
        cordoned if each["metadata"]["name"] == cordoned["metadata"]["name"] else each
        for each in nodes
    ]
    assert room(without, [], [], []).total.cpu == cpu(usable) - cpu([cordoned])


@pytest.mark.shared
def test_recorded_pod_that_waits(scenarios: dict[int, Any]) -> None:
    """A pod that no node can hold says so, and takes nothing from those that fit."""
    (nodes,) = (each["items"] for each in bodies(scenarios, 5, "NodeList"))
    waiting = bodies(scenarios, 12, "PodList")[-1]["items"]
    assert all("Unschedulable" in str(waits_for(pod)) for pod in waiting)
    alone, beside = room(nodes, [], [], []), room(nodes, waiting, [], [])
    assert len(waiting) == 1
    assert (beside.free, beside.waiting) == (alone.free, 1)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("number", "result", "infrastructure"),
    [(14, "pass", False), (15, "fail", False), (16, "incomplete", True)],
)
def test_recorded_ends(
    scenarios: dict[int, Any], number: int, result: str, infrastructure: bool
) -> None:
    """A Job that completed, one whose pod failed, and one that was late are told apart."""
    seen = json.dumps(scenarios[number])
    jobs = [
        job
        for job in _objects(json.loads(seen), "Job")
        if (job.get("status") or {}).get("conditions")
    ]
    pods = [pod for pod in _objects(json.loads(seen), "Pod") if pod.get("status")]
    found = outcome("run", jobs[-1], pods[-1:])
    assert (found.state, found.result) == (RunState.FINISHED, result)
    assert found.infrastructure == infrastructure
    assert found.ended is not None
    assert (found.started is None) == (number == 16)  # its container never started


def _objects(inside: Any, kind: str) -> list[Any]:
    """Return all objects of one kind, wherever they are in what was recorded."""
    if isinstance(inside, list):
        return [found for each in inside for found in _objects(each, kind)]
    if not isinstance(inside, dict):
        return []
    mine = [inside] if inside.get("kind") == kind else []
    return mine + [found for each in inside.values() for found in _objects(each, kind)]

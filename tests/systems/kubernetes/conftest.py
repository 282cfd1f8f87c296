# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two real control planes for a whole session, and what tests put into them."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from models import LabType, Order, Outcome, RunState, Runtime, Sent
from planner.runtimes.kubernetes import KubernetesRuntime
from tests.runtimes.conftest import HERE, catalog, order
from tests.systems.kubernetes.build import cache, is_built
from tests.systems.kubernetes.kubelet import Kubelet
from tests.systems.kubernetes.servers import NAMESPACE, ControlPlanes, control_planes

CONTEXTS = ("north", "south")
WANTED = "KCI_TEST_KUBERNETES"


@pytest.fixture(scope="session")
def planes() -> Iterator[ControlPlanes]:
    """Give both control planes, with the namespace and the rights that a planner needs."""
    if not os.environ.get(WANTED):
        pytest.skip("`make test-kubernetes` tests real Kubernetes API servers")
    if not is_built(cache()):
        pytest.skip("the binaries of Kubernetes could not be built here")
    with (
        tempfile.TemporaryDirectory(prefix="kubernetes-") as root,
        control_planes(cache(), Path(root), *CONTEXTS) as running,
    ):
        for context in CONTEXTS:
            Cluster(running, context).prepare()
        yield running


@dataclass(frozen=True)
class Cluster:
    """One context, as its administrator sees it."""

    planes: ControlPlanes
    context: str

    @property
    def api(self) -> Any:
        """A client that may do everything."""
        path = str(self.planes.kubeconfig)
        return config.new_client_from_config(path, context=f"{self.context}-admin")

    def prepare(self) -> None:
        """Make the namespace, and give the planner's user the rights of docs/operations.md."""
        core, rights = client.CoreV1Api(self.api), client.RbacAuthorizationV1Api(self.api)
        core.create_namespace({"metadata": {"name": NAMESPACE}})
        rules = [
            {
                "apiGroups": [""],
                "resources": ["nodes", "pods", "resourcequotas", "events"],
                "verbs": ["list"],
            },
            {
                "apiGroups": ["batch"],
                "resources": ["jobs"],
                "verbs": ["create", "get", "list", "patch"],
            },
        ]
        rights.create_cluster_role({"metadata": {"name": "planner"}, "rules": rules})
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "planner"}
        user = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "planner"}
        binding = {"metadata": {"name": "planner"}, "roleRef": role, "subjects": [user]}
        rights.create_cluster_role_binding(binding)

    def add_node(self, name: str, cpu: str, memory: str, **spec: Any) -> None:
        """Make a node that is ready."""
        core = client.CoreV1Api(self.api)
        core.create_node({"metadata": {"name": name}, "spec": spec})
        amounts = {"cpu": cpu, "memory": memory, "pods": "110"}
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "-"}
        status = {"allocatable": amounts, "capacity": amounts, "conditions": [ready]}
        core.patch_node_status(name, {"status": status})

        def settled() -> bool:
            taints = core.read_node(name).spec.taints or ()
            return not any(taint.key.endswith("not-ready") for taint in taints)

        until(settled)

    def add_quota(self, **hard: str) -> None:
        """Make a quota of the namespace, and wait until it counts."""
        core = client.CoreV1Api(self.api)
        hard = {name.replace("__", ".").replace("_per_", "/"): each for name, each in hard.items()}
        core.create_namespaced_resource_quota(
            NAMESPACE, {"metadata": {"name": "q"}, "spec": {"hard": hard}}
        )
        until(lambda: core.read_namespaced_resource_quota("q", NAMESPACE).status.hard)

    def jobs(self) -> list[Any]:
        """Return all Jobs of the namespace."""
        found: list[Any] = client.BatchV1Api(self.api).list_namespaced_job(NAMESPACE).items
        return found

    def pods(self) -> list[Any]:
        """Return all pods of the namespace."""
        found: list[Any] = client.CoreV1Api(self.api).list_namespaced_pod(NAMESPACE).items
        return found

    def clear(self) -> None:
        """Remove Jobs, pods, quotas and nodes."""
        core, batch = client.CoreV1Api(self.api), client.BatchV1Api(self.api)
        batch.delete_collection_namespaced_job(NAMESPACE, propagation_policy="Background")
        core.delete_collection_namespaced_resource_quota(NAMESPACE)
        for node in core.list_node().items:
            core.delete_node(node.metadata.name)

        def empty() -> bool:
            for pod in core.list_namespaced_pod(NAMESPACE).items:
                try:
                    core.delete_namespaced_pod(pod.metadata.name, NAMESPACE, grace_period_seconds=0)
                except ApiException as error:
                    if error.status != 404:
                        raise
            return not self.jobs() and not self.pods()

        until(empty)


@pytest.fixture
def clusters(
    planes: ControlPlanes, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Cluster]]:
    """Give both contexts, empty, with a kubelet that runs what is bound to a node."""
    monkeypatch.setenv("KUBECONFIG", str(planes.kubeconfig))
    made = {context: Cluster(planes, context) for context in CONTEXTS}
    kubelets = [Kubelet(str(planes.kubeconfig), f"{context}-admin") for context in CONTEXTS]
    for kubelet in kubelets:
        kubelet.start()
    yield made
    for kubelet in kubelets:
        kubelet.stop()
    for cluster in made.values():
        cluster.clear()


def runtime(*contexts: str, ahead: timedelta = timedelta(), **keys: Any) -> KubernetesRuntime:
    """Open a runtime over these contexts, or both; its clock may be ahead."""
    made = Runtime(
        name="k8s",
        lab_type=LabType.KUBERNETES,
        contexts=contexts or CONTEXTS,
        params=keys,
        where=HERE,
    )
    return KubernetesRuntime(
        made, catalog(made), environment={}, clock=lambda: datetime.now(UTC) + ahead
    )


def order_for(run: str, context: str | None = None) -> Order:
    """Return an order for Kubernetes."""
    return order(run, "k8s").model_copy(update={"context": context})


def sent_to(run: str, context: str | None = None) -> Sent:
    """Return a run that was sent."""
    job_id = f"kci-{run}"
    return Sent(run=run, runtime="k8s", job_id=job_id, context=context, device_type="kubernetes")


def finished(way: KubernetesRuntime, *runs: str) -> dict[str, Outcome]:
    """Wait for the end of runs and return their outcomes."""

    def look() -> dict[str, Outcome] | None:
        found = {each.run: each for each in way.observe([sent_to(run) for run in runs])}
        over = all(each.state is RunState.FINISHED for each in found.values())
        return found if over and len(found) == len(runs) else None

    outcomes = until(look)
    assert isinstance(outcomes, dict)
    return outcomes


def until(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Return what `condition` returns once that is true; fail after some time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)
    return value

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Kubernetes runtime with two contexts, `a` and `b`, each served from memory."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models import LabType, Order, Runtime, Sent
from planner.runtimes.kubernetes import KubernetesRuntime
from tests.runtimes.conftest import HERE, catalog, order
from tests.runtimes.kubernetes.double import Memory, serving, write_kubeconfig

NOW = datetime(2026, 1, 2, 3, 20, tzinfo=UTC)


@dataclass
class Clusters:
    """Two served contexts, and the way to them."""

    servers: dict[str, Memory] = field(default_factory=lambda: {"a": Memory(), "b": Memory()})
    planner: dict[str, Any] = field(default_factory=dict)

    def runtime(self, *contexts: str, **keys: Any) -> KubernetesRuntime:
        """Open the runtime anew, as a planner that starts would."""
        runtime = Runtime(
            name="k8s",
            lab_type=LabType.KUBERNETES,
            contexts=contexts or ("a", "b"),
            params=keys,
            where=HERE,
        )
        return KubernetesRuntime(
            runtime, catalog(runtime, **self.planner), environment={}, clock=lambda: NOW
        )


@pytest.fixture
def clusters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clusters]:
    """Give two served contexts, with a kubeconfig that also has one where nobody listens."""
    made = Clusters()
    with contextlib.ExitStack() as stack:
        urls = {
            name: stack.enter_context(serving(server.answer))
            for name, server in made.servers.items()
        }
        with serving(Memory().answer) as closed:
            urls["gone"] = closed
        write_kubeconfig(tmp_path / "kubeconfig", urls)
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
        yield made


def order_for(run: str = "ab12-0", context: str | None = None) -> Order:
    """Return an order for Kubernetes."""
    return order(run, "k8s").model_copy(update={"context": context})


def sent_to(run: str = "ab12-0", context: str | None = None) -> Sent:
    """Return a run that Kubernetes has."""
    job_id = f"kci-{run}"
    return Sent(run=run, runtime="k8s", job_id=job_id, context=context, device_type="kubernetes")

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The templates that ship make Jobs."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models import Catalog, Dispatch, LabType
from planner.config import load_catalog
from planner.runtimes.kubernetes import KubernetesRuntime
from planner.runtimes.kubernetes.manifest import pod_spec
from planner.runtimes.kubernetes.room import Amount, pod_request
from tests.runtimes.conftest import order

NASTY = "x$(reboot)`reboot`'; reboot; \"\n        - {name: PATH, value: /evil}\n{{ 1 }}"


@pytest.fixture(scope="module")
def site() -> Catalog:
    """Give the catalog that ships."""
    return load_catalog(Path(__file__).resolve().parents[3] / "config")


def builds(site: Catalog) -> list[str]:
    """Return the jobs that entries send to Kubernetes."""
    ours = {name for name, each in site.runtimes.items() if each.lab_type is LabType.KUBERNETES}
    return sorted({entry.job for entry in site.entries if ours & {*entry.runtime_names}})


def rendered(site: Catalog, job: str, **node: Any) -> dict[str, Any]:
    """Return the Job of a run."""
    (runtime,) = (each for each in site.runtimes.values() if each.lab_type is LabType.KUBERNETES)
    run = Dispatch(
        order=order("ab12-0", runtime.name, **node),
        job=site.jobs[job],
        platform=site.platforms["kubernetes"],
        node={"id": "own-node", "name": job, "data": {}},
    )
    way = KubernetesRuntime(runtime, site, environment={})
    job_of_it: dict[str, Any] = yaml.safe_load(way.render(run))
    return job_of_it


def variables(job: dict[str, Any]) -> dict[str, str]:
    """Return the environment of a Job's container."""
    (container,) = pod_spec(job)["containers"]
    return {each["name"]: each["value"] for each in container["env"]}


def test_builds(site: Catalog) -> None:
    """Each job that is sent to Kubernetes becomes a Job with its architecture and its options."""
    names = builds(site)
    assert len(names) >= 8
    for name in names:
        job = rendered(site, name, artifacts={"tarball": "https://x.example/linux.tar"})
        environment = variables(job)
        assert environment["TARBALL"] == "https://x.example/linux.tar"
        assert environment["NODE"] == "own-node"
        assert environment["DEFCONFIG"] == site.jobs[name].params["defconfig"]
        assert pod_request(pod_spec(job)) == Amount(2000, 4096, 1)
        (container,) = pod_spec(job)["containers"]
        assert container["image"] == site.jobs[name].image
        assert 'make "$DEFCONFIG"' in container["args"][0]
    assert variables(rendered(site, "kbuild-gcc-14-arm64-rt"))["ARCH"] == "arm64"
    assert "CONFIG_PREEMPT_RT=y" in variables(rendered(site, "kbuild-gcc-14-arm64-rt"))["FRAGMENTS"]


def test_texts_of_nodes_are_no_code(site: Catalog) -> None:
    """Whatever a node says is the value of a variable, and changes nothing else."""
    tame = rendered(site, "kbuild-gcc-14-x86", artifacts={"tarball": "t"})
    wild = rendered(site, "kbuild-gcc-14-x86", artifacts={"tarball": NASTY})
    assert variables(wild) == {**variables(tame), "TARBALL": NASTY}
    for job in (tame, wild):
        pod_spec(job)["containers"][0].pop("env")
    assert tame == wild

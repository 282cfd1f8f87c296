# SPDX-License-Identifier: LGPL-2.1-or-later
"""A definition becomes the Job that is sent."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models import PlannerError
from planner.runtimes.kubernetes.manifest import RUN, RUNTIME, complete, job_name, label, read_job
from tests.runtimes.kubernetes.conftest import order_for
from tests.runtimes.kubernetes.objects import job

DEFAULTS = {"cpu": "2", "memory": "3Gi"}

JOB = """
apiVersion: batch/v1
kind: Job
metadata:
  name: theirs
  labels: {team: kernel, date: 2026-01-02}
spec:
  backoffLimit: 2
  template:
    spec:
      containers:
      - {name: build, image: gcc, resources: {limits: {memory: 9Gi}}}
      - {name: upload, image: curl, resources: {requests: {cpu: 100m, memory: 1Mi}}}
"""


def test_what_is_added() -> None:
    """Name, labels on Job and pods, and what containers ask for; what is said is kept."""
    made = complete(read_job(JOB), order_for(), "jobs", DEFAULTS, 60)
    assert made["metadata"]["name"] == "kci-ab12-0"
    assert made["metadata"]["namespace"] == "jobs"
    assert made["metadata"]["labels"]["team"] == "kernel"
    assert made["metadata"]["labels"]["date"] == "2026-01-02"
    for place in (made["metadata"], made["spec"]["template"]["metadata"]):
        assert place["labels"].items() >= {RUN: "ab12-0", RUNTIME: "k8s"}.items()
    assert made["spec"]["backoffLimit"] == 2
    assert made["spec"]["ttlSecondsAfterFinished"] == 60
    pod = made["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    asked = [container["resources"].get("requests") for container in pod["containers"]]
    assert asked == [{"cpu": "2"}, {"cpu": "100m", "memory": "1Mi"}]


def test_a_job_that_says_nothing() -> None:
    """A pod that failed is not started again, and the container asks for the default."""
    bare = job(spec={"containers": [{"name": "main", "image": "i"}]})
    made = complete(bare, order_for(), "jobs", DEFAULTS, 60)
    assert made["spec"]["backoffLimit"] == 0
    assert made["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"] == DEFAULTS


def test_another_namespace() -> None:
    """A Job that names another namespace is refused: nobody would look for it there."""
    there = {**job(), "metadata": {"namespace": "elsewhere"}}
    with pytest.raises(PlannerError, match=r"'elsewhere'.*'jobs': set `namespace` of runtime"):
        complete(there, order_for(), "jobs", DEFAULTS, 60)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kind: [", r"no YAML, line 1: "),
        ("", r"one Job, and is 0 documents"),
        ("a: 1\n---\nb: 2", r"is 2 documents"),
        ("- a", r"one Job"),
        (yaml.safe_dump({**job(), "kind": "Pod"}), r"no Job of batch/v1"),
        (yaml.safe_dump({**job(), "spec": {"template": {"spec": {}}}}), r"no containers"),
        (yaml.safe_dump({**job(), "spec": None}), r"no containers"),
        ("!!python/object/apply:os.system ['true']", r"no YAML"),
    ],
)
def test_what_is_no_job(text: str, problem: str) -> None:
    """What is not one Job with containers is refused, and says why."""
    with pytest.raises(PlannerError, match=problem):
        read_job(text)


@given(st.text(min_size=1), st.text(min_size=1))
def test_names(run: str, other: str) -> None:
    """A run's name is a legal one, always the same, and no other run's."""
    name = job_name(run)
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name)
    assert (name == job_name(other)) == (run == other)
    assert re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", label(run))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A definition in YAML becomes the one Job of a run."""

import copy
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from models import Order, PlannerError

# On the Job and on its pods. The first is what lists are asked by.
RUNTIME = "kci-planner/runtime"
RUN = "kci-planner/run"
# On a Job that was ended from here: why.
ENDED = "kci-planner/ended"

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LONGEST = 63  # of a label, and a Job's name is one on its pods


def job_name(run: str) -> str:
    """Return the name of a run's Job: the same for the same run, and another for any other."""
    name = f"kci-{run}"
    if _NAME.fullmatch(name) and len(name) <= _LONGEST:
        return name
    return f"kci-{_digest(run)}"


def label(text: str) -> str:
    """Return the label value that stands for `text`."""
    return text if _LABEL.fullmatch(text) and len(text) <= _LONGEST else _digest(text)


def read_job(definition: str) -> dict[str, Any]:
    """Return the Job that a definition describes.

    Raises:
        PlannerError: if it is no YAML, or not one Job; values are not quoted, they may be secret.
    """
    try:
        documents = [each for each in yaml.safe_load_all(definition) if each is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise PlannerError(f"the definition is no YAML{line}: {problem}") from error
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise PlannerError(f"the definition has to be one Job, and is {len(documents)} documents")
    # As JSON has it: YAML's dates are texts there, and its keys too.
    job: dict[str, Any] = json.loads(json.dumps(documents[0], default=str))
    if (job.get("kind"), job.get("apiVersion")) != ("Job", "batch/v1"):
        raise PlannerError("the definition is no Job of batch/v1")
    pod_spec(job)
    return job


def pod_spec(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description of a Job's pods.

    Raises:
        PlannerError: if there is none, with containers.
    """
    found: Any = job
    for key in ("spec", "template", "spec"):
        found = found.get(key) if isinstance(found, dict) else None
    containers = found.get("containers") if isinstance(found, dict) else None
    if not containers or not all(isinstance(each, dict) for each in containers):
        raise PlannerError("the Job has no containers in spec.template.spec")
    assert isinstance(found, dict)
    return found


def complete(
    job: Mapping[str, Any],
    order: Order,
    namespace: str,
    requests: Mapping[str, str],
    ttl: int,
) -> dict[str, Any]:
    """Return the Job as it is sent: with the run's name and labels, and what it leaves open.

    What the definition says is kept: its labels, requests, limits and deadlines. `requests` count
    for a container that asks for nothing, `ttl` seconds a Job stays after its end, and a pod that
    failed is not started again: retries are the planner's.

    Raises:
        PlannerError: if the definition names another namespace, where no run is looked for.
    """
    made = copy.deepcopy(dict(job))
    metadata = _mapping(made, "metadata")
    if metadata.get("namespace", namespace) != namespace:
        text = f"the Job is for namespace {metadata['namespace']!r}, and its runtime's is"
        raise PlannerError(f"{text} {namespace!r}: set `namespace` of runtime '{order.runtime}'")
    metadata.pop("generateName", None)
    metadata |= {"name": job_name(order.run), "namespace": namespace}
    ours = {
        "app.kubernetes.io/managed-by": "kci-planner",
        RUNTIME: label(order.runtime),
        RUN: label(order.run),
    }
    metadata["labels"] = {**(metadata.get("labels") or {}), **ours}
    spec = made["spec"]
    spec.setdefault("backoffLimit", 0)
    spec.setdefault("ttlSecondsAfterFinished", ttl)
    template = _mapping(spec["template"], "metadata")
    template["labels"] = {**(template.get("labels") or {}), **ours}
    pod = spec["template"]["spec"]
    pod.setdefault("restartPolicy", "Never")
    for container in pod["containers"]:
        resources = _mapping(container, "resources")
        said = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
        missing = {name: amount for name, amount in requests.items() if name not in said}
        resources["requests"] = {**(resources.get("requests") or {}), **missing}
    return made


def _mapping(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the mapping under `key`, made if it is missing."""
    found = parent.get(key)
    if not isinstance(found, dict):
        found = parent[key] = {}
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]

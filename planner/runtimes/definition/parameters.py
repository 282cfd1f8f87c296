# SPDX-License-Identifier: LGPL-2.1-or-later
"""All that a template may print of a run, by the names that KernelCI's templates know."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from models import Dispatch, Node, Platform, Runtime
from planner.runtimes.definition.architectures import architectures
from planner.runtimes.definition.metadata import Artifacts
from planner.runtimes.definition.placeholders import fill
from planner.runtimes.errors import DefinitionError

Table = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Site:
    """What is the same for all runs of a site.

    `api` and `storage` are the sections of the site's YAML with their names, empty where there is
    none. `instance` and `callback` are KernelCI's `KCI_INSTANCE` and `KCI_INSTANCE_CALLBACK`.
    """

    rootfs: Table = field(default_factory=dict)
    fragments: Table = field(default_factory=dict)
    api: Mapping[str, Any] = field(default_factory=dict)
    storage: Mapping[str, Any] = field(default_factory=dict)
    image_prefix: str = ""
    instance: str | None = None
    callback: str | None = None


def parameters(
    dispatch: Dispatch, runtime: Runtime, site: Site, artifacts: Artifacts
) -> dict[str, Any]:
    """Return the parameters of a run; a template may change them, they are its own.

    Raises:
        NotSentError: if the artifacts of its build cannot be asked for now.
        DefinitionError: if the configuration does not fit the build.
    """
    job, platform = dispatch.job, dispatch.platform
    node = _with_artifacts(dispatch)
    dtb = _device_tree(platform, node, artifacts)
    own = {
        **platform.params,
        **({"device_dtb": dtb} if dtb else {}),
        **_resolved(job.params, site, job.name),
    }
    systems = architectures(str(own.get("arch") or platform.arch))
    own = {"runtime_image": job.image, **own, **systems}
    names = {
        "image_prefix": site.image_prefix,
        **_attributes(platform),
        **_krev(node),
        "name": job.name,
        **own,
    }
    told = {
        "api_config": dict(site.api),
        "storage_config": dict(site.storage),
        "platform_config": _attributes(platform),
        "instanceid": site.instance,
        "instance_callback": site.callback,
        "name": job.name,
        "node": node,
        "runtime": str(runtime.lab_type),
        "device_type": platform.base_name or platform.name,
    }
    return deepcopy(told | fill(own, names))


def _with_artifacts(dispatch: Dispatch) -> Node:
    """Return the run's node with the artifacts of its parent, which it is run for."""
    parent, own = dispatch.order.node.get("artifacts"), dispatch.node.get("artifacts")
    return {**dispatch.node, "artifacts": {**(own or {}), **(parent or {})}}


def _resolved(params: Mapping[str, Any], site: Site, job: str) -> dict[str, Any]:
    """Return a job's params with what its `rootfs_ref` and `fragments` stand for."""
    own = dict(params)
    reference = own.pop("rootfs_ref", None)
    if reference is not None:
        if reference not in site.rootfs:
            text = f"job '{job}': rootfs_ref names '{reference}', which is not in section 'rootfs'"
            raise DefinitionError(text, "invalid_job_params")
        own = {**site.rootfs[reference], **own}
    if isinstance(own.get("fragments"), list):
        # A fragment that is no name in the section is an option in itself: CONFIG_X=y.
        own["fragment_configs"] = {
            name: dict(site.fragments[name]) for name in own["fragments"] if name in site.fragments
        }
    return own


def _device_tree(platform: Platform, node: Node, artifacts: Artifacts) -> str | None:
    """Return the platform's device tree that the build has, and put its URL among the artifacts.

    Raises:
        DefinitionError: if the build has none of those that the platform lists.
    """
    if not platform.dtb:
        return None
    place = node["artifacts"].get("metadata")
    listed = ", ".join(platform.dtb)
    if not place:
        text = f"the build has no metadata.json, and platform '{platform.name}' needs {listed}"
        raise DefinitionError(text, "invalid_job_params")
    built = artifacts(place)
    for dtb in platform.dtb:
        if dtb in built:
            node["artifacts"]["dtb"] = built[dtb]
            return dtb
    raise DefinitionError(
        f"{place} lists no {listed}, which platform '{platform.name}' needs", "invalid_job_params"
    )


def _attributes(platform: Platform) -> dict[str, Any]:
    """Return a platform as templates know it."""
    known = platform.model_dump(exclude={"where"})
    return {
        **known,
        "base_name": platform.base_name or platform.name,
        "dtb": list(platform.dtb) or None,
        "compatible": list(platform.compatible) or None,
    }


def _krev(node: Node) -> dict[str, str]:
    """Return `krev`, the kernel's version as `6.16`, where the node says it."""
    try:
        version = node["data"]["kernel_revision"]["version"]
        return {"krev": f"{version['version']}.{version['patchlevel']}"}
    except (LookupError, TypeError):
        return {}

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a site needs from outside, examined piece by piece: nothing is sent, nothing written."""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models import Catalog, Dispatch, Job, LabType, Order, Ours, PlannerError, Platform, Runtime
from planner.cli.collecting import which_api
from planner.cli.runtimes import open_runtimes
from planner.config import places_of
from planner.runtimes import Checkable, LabRuntime, OverApi

if TYPE_CHECKING:
    from planner.kernelci import Api

# A build as it might be: templates are tried with it.
_NODE: dict[str, Any] = {
    "id": "0" * 24,
    "kind": "kbuild",
    "name": "kbuild",
    "artifacts": {
        name: f"https://files.example/{name}"
        for name in ("kernel", "modules", "metadata", "tarball", "kselftest_tar_gz")
    },
    "data": {
        "kernel_revision": {
            "tree": "example",
            "branch": "master",
            "commit": "0" * 40,
            "describe": "v6.16",
            "url": "https://git.example/linux.git",
            "version": {"version": 6, "patchlevel": 16},
        },
        "kernel_type": "image",
        "arch": "arm64",
        "defconfig": "defconfig",
        "compiler": "gcc-14",
    },
}


class Finding(Ours):
    """One thing that was looked at, whether it is as it should be, and what was found."""

    subject: str
    good: bool
    text: str


def examine(catalog: Catalog, settings: Path | None) -> Iterator[Finding]:
    """Yield what is found of the API, of each runtime that can be asked, and of templates."""
    used = _used(catalog)
    with ExitStack() as stack:
        api, findings = _api(catalog, settings, stack)
        yield from findings
        for name, runtime in catalog.runtimes.items():
            for part in _contexts(runtime):
                way = _way(catalog, part, settings)
                if isinstance(way, OverApi):
                    way.connect(api)
                if way is not None:
                    subject = " ".join((name, *part.contexts))
                    yield from _runtime(catalog, subject, way, used.get(name, ()))
            if way is not None:
                yield from _templates(catalog, runtime, used.get(name, ()))
            else:
                text = "planned for only: nothing here speaks to type"
                text = f"{text} {runtime.lab_type} as configured"
                yield Finding(subject=name, good=True, text=text)


def _contexts(runtime: Runtime) -> list[Runtime]:
    """Return the runtime as one for each of its contexts: each may have troubles of its own."""
    return [runtime.model_copy(update={"contexts": (c,)}) for c in runtime.contexts] or [runtime]


def _way(catalog: Catalog, runtime: Runtime, settings: Path | None) -> LabRuntime | None:
    alone = catalog.model_copy(update={"runtimes": {runtime.name: runtime}})
    return open_runtimes(alone, settings).get(runtime.name)


def _api(
    catalog: Catalog, settings: Path | None, stack: ExitStack
) -> tuple["Api | None", list[Finding]]:
    """Return the way to the API, closed by `stack`, and what is found of it."""
    from planner.kernelci import Api, ApiError, default_settings, read_token

    said = catalog.planner.events.api
    if said is None:
        return None, []
    name, url = which_api(said, catalog, "planner.events.api")
    try:
        token = read_token(name, settings or default_settings(Path.home()), os.environ)
        api = stack.enter_context(Api(url, token))
        found = f"it answers, as user '{api.whoami()}'"
    except (ApiError, PlannerError) as error:
        return None, [Finding(subject=f"API {name}", good=False, text=str(error))]
    return api, [Finding(subject=f"API {name}", good=True, text=found)]


def _runtime(
    catalog: Catalog,
    subject: str,
    way: LabRuntime,
    used: Collection[tuple[Job, Platform]],
) -> Iterator[Finding]:
    wanted = {catalog.device_type(job, platform) for job, platform in used}
    try:
        greeting = way.check() if isinstance(way, Checkable) else "it answers"
        told = way.snapshot(datetime.now(UTC), wanted)
    except OSError as error:
        yield Finding(subject=subject, good=False, text=str(error))
        return
    yield Finding(subject=subject, good=True, text=greeting)
    if told.devices is None:
        return
    online = {kind for kind, device in told.devices.items() if device.devices}
    for kinds, what in (
        (wanted - set(told.devices), "it has no such device types, and entries ask for them"),
        (wanted & set(told.devices) - online, "all devices of these types are away now"),
    ):
        if kinds:
            yield Finding(subject=subject, good=False, text=f"{what}: {', '.join(sorted(kinds))}")


def _templates(
    catalog: Catalog, runtime: Runtime, used: Collection[tuple[Job, Platform]]
) -> Iterator[Finding]:
    """Try each job once with each way to boot; the shell's templates are of another kind."""
    from planner.runtimes.definition import Definitions

    if runtime.lab_type is LabType.SHELL:
        return
    built = {
        tree: f"https://files.example/{tree}" for p in catalog.platforms.values() for tree in p.dtb
    }
    definitions = Definitions(runtime, catalog, os.environ, lambda _: built)
    tried: set[tuple[str, str]] = set()
    wrong: dict[str, None] = {}
    for job, platform in used:
        if (job.name, platform.boot_method) in tried:
            continue
        tried.add((job.name, platform.boot_method))
        try:
            definitions.text(_dispatch(catalog, runtime, job, platform), _more(runtime))
        except PlannerError as error:
            wrong[str(error)] = None
    for text in wrong:
        yield Finding(subject=runtime.name, good=False, text=text)
    if tried and not wrong:
        text = f"templates of {len({job for job, _ in tried})} jobs make definitions"
        yield Finding(subject=runtime.name, good=True, text=text)


def _more(runtime: Runtime) -> Mapping[str, Any]:
    return {"notify": runtime.params.get("notify") or {}, "priority": 50}


def _dispatch(catalog: Catalog, runtime: Runtime, job: Job, platform: Platform) -> Dispatch:
    order = Order(
        run="example-0",
        request="example",
        job=job.name,
        kind=job.kind,
        index=0,
        retry=0,
        parent=_NODE["id"],
        runtime=runtime.name,
        platform=platform.name,
        device_type=catalog.device_type(job, platform),
        priority=50,
        plan="example",
        node=_NODE,
        intended=datetime.now(UTC),
    )
    node = {"id": "1" * 24, "name": job.name, "artifacts": {}, "data": _NODE["data"]}
    return Dispatch(order=order, job=job, platform=platform, node=node)


def _used(catalog: Catalog) -> dict[str, list[tuple[Job, Platform]]]:
    """Return by runtime the jobs and platforms that entries may bring together there."""
    used: dict[str, dict[tuple[str, str], tuple[Job, Platform]]] = {}
    for entry in catalog.entries:
        job = catalog.jobs.get(entry.job)
        for runtime, platform in places_of(entry, catalog) if job else ():
            assert job is not None
            used.setdefault(runtime.name, {})[job.name, platform.name] = (job, platform)
    return {name: list(found.values()) for name, found in used.items()}

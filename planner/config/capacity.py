# SPDX-License-Identifier: LGPL-2.1-or-later
"""The capacity of each runtime, from what the configuration and a capacity file declare."""

from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import field_validator

from models import (
    Capacity,
    CapacitySettings,
    CapacitySource,
    Catalog,
    DeviceCapacity,
    PlannerError,
    Runtime,
    RuntimeCapacity,
)
from planner.config.findings import Findings
from planner.config.located import LocatedMap, Mark, plain
from planner.config.yaml_file import read_yaml

# What a lone number of running jobs is counted under: the runtime as a whole.
_WHOLE = "*"


class Reported(CapacitySettings):
    """What a capacity file says of one runtime; `running` may be one number for all types.

    `known: false` says that nobody could tell, and then `unknown` what that means.
    """

    known: bool = True

    @field_validator("running", mode="before")
    @classmethod
    def _number_for_all(cls, value: Any) -> Any:
        return {_WHOLE: value} if isinstance(value, int) else value


def read_capacity(catalog: Catalog, path: Path | None, now: datetime) -> Capacity:
    """Return the capacity of every runtime of the catalog as of `now`.

    It is what `planner.capacity` declares for the runtime, or else for its type; without either
    it is unknown and open. What the file at `path` says of a runtime goes over that, key by key;
    the file is YAML or JSON, a mapping of runtimes (or types) in the form of `planner.capacity`,
    by itself or under the key `capacity`. Parts of the file that cannot be used are left out and
    are `defects` of the result.

    Raises:
        PlannerError: if the file cannot be read, is broken, or is no mapping.
    """
    findings = Findings()
    told = _read_file(path, catalog, findings) if path else {}
    runtimes = {}
    for name, runtime in catalog.runtimes.items():
        settings = catalog.capacity_settings(runtime)
        report = told.get(name) or told.get(runtime.lab_type)
        runtimes[name] = _capacity(runtime, settings, report, now)
    return Capacity(runtimes=runtimes, defects=tuple(findings.defects))


def _capacity(
    runtime: Runtime, settings: CapacitySettings, report: Reported | None, now: datetime
) -> RuntimeCapacity:
    """Return one runtime's capacity from its settings and, over them, what a file reports."""
    said = settings.model_dump(exclude_unset=True)
    if report is not None:
        said |= report.model_dump(exclude_unset=True)
    merged = Reported.model_validate(said)
    # No runtime is asked here: without a report, only what is declared outright is known. `source`
    # says who is to be asked.
    told = report is not None or merged.source is CapacitySource.STATIC
    measured = any(said is not None for said in (merged.devices, merged.slots, merged.contexts))
    return RuntimeCapacity(
        runtime=runtime.name,
        known=merged.known and told and measured,
        unknown=merged.unknown,
        devices=_devices(merged),
        slots=merged.slots,
        contexts=merged.contexts,
        running=sum(merged.running.values()),
        max_runs=merged.max_runs,
        taken=now,
        source=merged.source,
        reported=report is not None,
    )


def _devices(said: Reported) -> dict[str, DeviceCapacity] | None:
    if said.devices is None:
        return None
    kinds = dict.fromkeys([*said.devices, *said.queue, *said.running])
    return {
        kind: DeviceCapacity(
            devices=said.devices.get(kind, 0),
            queue=said.queue.get(kind, 0),
            running=said.running.get(kind, 0),
        )
        for kind in kinds
        if kind != _WHOLE
    }


def _read_file(path: Path, catalog: Catalog, findings: Findings) -> dict[str, Reported]:
    """Return what a capacity file says, by name of runtime or type."""
    content, _ = read_yaml(path)
    for wrapper in ("planner", "capacity"):
        if isinstance(content, LocatedMap) and set(content) == {wrapper}:
            content = content[wrapper]
    if not isinstance(content, LocatedMap):
        raise PlannerError(f"{path}:1: a capacity file is a mapping of runtimes")
    known = {*catalog.runtimes, *(str(r.lab_type) for r in catalog.runtimes.values())}
    told = {}
    for name, item in content.items():
        mark = content.key_marks[name]
        if name not in known:
            text = f"the capacity file names runtime {name!r}, which is not defined"
            findings.note(mark, "unknown_runtime", str(name), text)
            continue
        report = _report(item, mark, str(name), findings)
        if report:
            told[str(name)] = report
    return told


def _report(item: Any, mark: Mark, name: str, findings: Findings) -> Reported | None:
    if not isinstance(item, LocatedMap):
        findings.note(mark, "bad_value", name, f"the capacity of {name!r} is no mapping")
        return None
    return findings.read(Reported, plain(item), item, mark, f"capacity.{name}")
